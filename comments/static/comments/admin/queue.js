// Moderating by keyboard: one letter is one decision. The page works without this script.
// WCAG 2.1.4: the letters rest while one types, and can be switched off for good.

const form = document.getElementById("changelist-form");
const help = document.getElementById("moderation-keys");
const toggle = document.getElementById("moderation-keys-on");
const status = document.getElementById("moderation-status");
const STORED = "comments-keys-off";

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
  const all = rows();
  const place = all.indexOf(current());
  const next = all[place === -1 ? (step > 0 ? 0 : all.length - 1) : place + step];
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

function isTyping(target) {
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input:not([type=checkbox], [type=radio], [type=submit], [type=button])");
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
    if (!toggle.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (isTyping(event.target)) return;
    const act = KEYS[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
