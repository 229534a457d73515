/** Prints the time of printing, in Vietnamese time as all times of the page. */
const printedAt = document.querySelector("[data-printed-at]");

window.addEventListener("beforeprint", () => {
  const now = new Date();
  const here = { timeZone: "Asia/Ho_Chi_Minh" };
  const time = { ...here, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const date = { ...here, day: "2-digit", month: "2-digit", year: "numeric" };
  printedAt.textContent = printedAt.dataset.words
    .replace("{time}", now.toLocaleTimeString("en-GB", time))
    .replace("{date}", now.toLocaleDateString("en-GB", date));
  printedAt.hidden = false;
});
