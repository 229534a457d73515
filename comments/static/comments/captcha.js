// Another captcha in place of the one shown, without losing a word of the form. Buttons of a form
// that arrives later work too; without this script they send the form, which comes back with all
// that was typed.

async function renew(box, button) {
  const key = box.querySelector("[data-captcha-key]");
  const answer = box.querySelector("[data-captcha-answer]");
  const status = box.querySelector("[data-captcha-status]");
  if (box.getAttribute("aria-busy") === "true") return;
  box.setAttribute("aria-busy", "true");
  status.textContent = "";
  try {
    const response = await fetch(box.dataset.renew, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ kind: button.value, key: key.value }),
    });
    const fresh = await response.json();
    if (!response.ok) throw new Error(fresh.message);
    show(box, fresh);
    key.value = fresh.key;
    answer.value = "";
    answer.removeAttribute("aria-invalid");
    document.getElementById(`${answer.id}_error`)?.replaceChildren();
    const help = document.getElementById(`${answer.id}_helptext`);
    if (help) help.textContent = fresh.help;
    // A new node each time: the same words are said again.
    const said = document.createElement("span");
    said.textContent = fresh.kind === "question" ? box.dataset.doneQuestion : box.dataset.done;
    status.replaceChildren(said);
    // Nothing sounds before the reader presses play: it would drown what a screen reader says.
    (box.querySelector("audio") ?? answer).focus();
  } catch (error) {
    // A refusal is a sentence of ours; anything else is the network's or the browser's.
    status.textContent = error.constructor === Error && error.message ? error.message : box.dataset.failed;
    button.focus();
  } finally {
    box.removeAttribute("aria-busy");
  }
}

function show(box, fresh) {
  box.querySelector("[data-captcha-shown]").innerHTML = fresh.html;
  box.dataset.kind = fresh.kind;
  for (const button of box.querySelectorAll("[data-captcha-other]")) {
    button.hidden = button.value === fresh.kind;
  }
  box.querySelector("[data-captcha-same]").value = fresh.kind;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-captcha-same], [data-captcha-other]");
  if (!button) return;
  event.preventDefault();
  renew(button.closest("[data-captcha]"), button);
});
