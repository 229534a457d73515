/**
 * Opens the forms of comments in their place, sends them without leaving the page, and counts what
 * is typed. Every link and form here works by itself; this spares the reader the way.
 */
const HEADERS = { "X-Fragment": "1" };
const KEPT = ["name", "email", "text"];
const PAUSE = 1000;

for (const root of document.querySelectorAll("[data-comments]")) {
  root.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open-form]");
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey);
    if (opener && plain) {
      event.preventDefault();
      open(root, opener);
    }
    if (event.target.closest("[data-close-form]")) close(event.target.closest("[data-form]"));
  });
  root.addEventListener("submit", (event) => {
    if (event.target.matches("[data-comment-form]")) {
      event.preventDefault();
      send(event.target, event.submitter);
    }
  });
  for (const form of root.querySelectorAll("[data-comment-form]")) ready(form);
}
document.querySelector("[data-errors]")?.focus();

/** Fetches the form behind a link and shows it below what it belongs to. */
async function open(root, opener) {
  const earlier = root.querySelector("[data-form]");
  const typed = earlier ? values(earlier) : {};
  if (earlier) {
    const isSame = earlier.opener === opener;
    if (isSame) {
      earlier.querySelector("h3, [data-done]")?.focus();
      return;
    }
    earlier.remove();
  }
  const place = document.createElement("div");
  place.dataset.form = "";
  place.opener = opener;
  place.textContent = root.dataset.loading;
  place.setAttribute("role", "status");
  const comment = opener.closest(".comment");
  if (comment) comment.after(place);
  else root.querySelector("[data-form-place]").append(place);
  try {
    const response = await fetch(opener.href, { headers: HEADERS });
    if (!response.headers.has("X-Fragment")) throw new Error(response.status);
    show(place, await response.text());
    for (const [name, value] of Object.entries(typed)) {
      const box = place.querySelector(`[name="${name}"]`);
      if (box && value) box.value = value;
    }
    place.querySelectorAll("[data-comment-form]").forEach(ready);
    place.querySelector("h3, [role=alert]")?.focus();
  } catch {
    place.textContent = root.dataset.failed;
  }
}

function close(place) {
  place.remove();
  place.opener?.focus();
}

function show(place, html) {
  place.removeAttribute("role");
  place.innerHTML = html;
}

function values(place) {
  const form = place.querySelector("[data-comment-form]");
  if (!form) return {};
  const data = new FormData(form);
  return Object.fromEntries(KEPT.filter((name) => data.has(name)).map((n) => [n, data.get(n)]));
}

/** Sends a form and shows the answer where the form was; what was typed stays if that fails. */
async function send(form, submitter) {
  if (form.dataset.isSending) return;
  form.dataset.isSending = "yes";
  const status = form.querySelector("[data-form-status]");
  status.dataset.state = "sending";
  status.textContent = status.dataset.sending;
  const data = new FormData(form, submitter);
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: HEADERS,
      body: new URLSearchParams(data),
    });
    // A refusal brings the form again, whatever its status; a page of the site's errors does not.
    if (!response.headers.has("X-Fragment")) throw new Error(response.status);
    const html = await response.text();
    let place = form.closest("[data-form]");
    if (!place) {
      place = document.createElement("div");
      place.dataset.form = "";
      form.replaceWith(place);
    }
    show(place, html);
    // On a page of its own the form was not opened, so there is nothing to go back to.
    if (!place.opener) place.querySelector("[data-close-form]")?.remove();
    place.querySelectorAll("[data-comment-form]").forEach(ready);
    place.querySelector("[data-errors], [data-done], [autofocus], [role=alert]")?.focus();
  } catch {
    delete form.dataset.isSending;
    status.dataset.state = "failed";
    status.textContent = status.dataset.failed;
  }
}

/** Brings a form to life: its counter, and the script of its captcha. */
function ready(form) {
  import(form.dataset.captchaScript);
  const line = form.querySelector("[data-count]");
  const box = line && document.getElementById(line.dataset.count);
  if (!box) return;
  const shown = line.querySelector("[data-count-shown]");
  const said = line.querySelector("[data-count-said]");
  const number = new Intl.NumberFormat(document.documentElement.lang);
  let timer;
  const count = () => {
    // As the server counts: code points of the composed text without space around it.
    const left = line.dataset.limit - [...box.value.normalize("NFC").trim()].length;
    const words = left < 0 ? line.dataset.over : line.dataset.words;
    const text = words.replace("{count}", number.format(Math.abs(left)));
    shown.textContent = text;
    line.classList.toggle("is-over", left < 0);
    return text;
  };
  box.addEventListener("input", () => {
    const text = count();
    window.clearTimeout(timer);
    // Said when the typing pauses, and not at every letter.
    timer = window.setTimeout(() => {
      said.textContent = text;
    }, PAUSE);
  });
  count();
}
