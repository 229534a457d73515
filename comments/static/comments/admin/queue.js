// Moderating by keyboard: one letter is one decision. The page works without this script.
// WCAG 2.1.4: the letters rest while one types, and can be switched off for good.

const form = document.getElementById("changelist-form");
const help = document.getElementById("moderation-keys");
const toggle = document.getElementById("moderation-keys-on");
const status = document.getElementById("moderation-status");
const STORED = "comments-keys-off";

const all = document.getElementById("action-toggle");
const counter = document.querySelector(".action-counter");

const rows = () => [...document.querySelectorAll("#result_list tbody tr")];
const box = (row) => row.querySelector("input.action-select");

function isOff() {
  try {
    return localStorage.getItem(STORED) === "1";
  } catch {
    return false; // a browser that keeps nothing: the switch holds for this page
  }
}

function current() {
  return document.activeElement?.closest("#result_list tbody tr") ?? null;
}

function go(step) {
  const list = rows();
  const place = list.indexOf(current());
  const next = list[place === -1 ? (step > 0 ? 0 : list.length - 1) : place + step];
  if (!next) return;
  box(next).focus();
  next.scrollIntoView({ block: "nearest" });
}

function decide(name) {
  const button = form.querySelector(`button[name="decision"][value="${name}"]`);
  if (!button) return;
  if (!rows().some((row) => box(row).checked)) {
    const row = current();
    if (!row) {
      status.textContent = status.dataset.nothing;
      return;
    }
    box(row).click();
  }
  form.requestSubmit(button);
}

const KEYS = {
  j: () => go(1),
  k: () => go(-1),
  x: () => {
    const row = current();
    if (row) box(row).click();
  },
  o: () => current()?.querySelector("a[data-open]")?.click(),
  a: () => decide("approve"),
  r: () => decide("reject"),
  s: () => decide("spam"),
  d: () => decide("remove"),
  "?": () => {
    help.open = !help.open;
    if (help.open) help.querySelector("summary").focus();
  },
};

function showPicked() {
  const boxes = rows().map(box);
  const picked = boxes.filter((input) => input.checked).length;
  for (const input of boxes) input.closest("tr").classList.toggle("selected", input.checked);
  all.checked = picked === boxes.length;
  all.indeterminate = picked > 0 && !all.checked;
  counter.textContent = counter.dataset.words.replace("{n}", picked);
}

function isTyping(target) {
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input:not([type=checkbox], [type=radio], [type=submit], [type=button])");
}

if (form && all && counter) {
  all.addEventListener("change", () => {
    for (const row of rows()) box(row).checked = all.checked;
    showPicked();
  });
  form.addEventListener("change", showPicked);
  showPicked(); // a browser that goes back keeps what was picked
}

if (form && toggle) {
  toggle.checked = !isOff();
  toggle.closest("[hidden]")?.removeAttribute("hidden");
  toggle.addEventListener("change", () => {
    try {
      localStorage.setItem(STORED, toggle.checked ? "0" : "1");
    } catch {
      // nothing to do: the switch still holds for this page
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!toggle.checked || event.ctrlKey || event.altKey || event.metaKey) return;
    if (isTyping(event.target)) return;
    const key = event.key.toLowerCase();
    const act = KEYS[key];
    // A key held down walks through the list, and decides once.
    if (!act || (event.repeat && key !== "j" && key !== "k")) return;
    event.preventDefault();
    act();
  });
}
