/** Copies the address of a feed. The buttons are hidden unless the browser can copy. */
const list = document.querySelector("[data-copying]");
const status = document.querySelector("[data-copied]");

if (navigator.clipboard) {
  for (const button of list.querySelectorAll("[data-address]")) button.hidden = false;
  list.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-address]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.address);
    status.textContent = status.dataset.words;
    window.setTimeout(() => {
      status.textContent = "";
    }, 5000);
  });
}
