/**
 * Rating an article with one click. Without this script the form does the same on a page of its own.
 *
 * Nothing is asked when the page is opened: what this browser remembers of its own ratings is shown.
 * A browser that has rated something before asks for its own rating once the stars have the focus.
 */
const section = document.querySelector("[data-rating]");
const form = section.querySelector("[data-rating-form]");
const withdraw = section.querySelector("[data-rating-withdraw]");
const ownPage = section.querySelector("[data-rating-page]");
const status = section.querySelector("[data-rating-status]");

const HAS_RATED = "has-rated";
const OWN_RATING = `rated-${section.dataset.article}`;
const PATIENCE = 15000; // milliseconds

// --- Figures -------------------------------------------------------------------------------------

const language = document.documentElement.lang;
const whole = new Intl.NumberFormat(language);
const tenths = new Intl.NumberFormat(language, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/**
 * Write fresh figures into the page.
 * @param {{count: number, average: ?number, stars?: number[]}} rating `average` is null without
 *   ratings; `stars` says how many gave each score, worst first, and may be left out.
 */
export function showSummary({ count, average, stars }) {
  const summary = section.querySelector("[data-rating-summary]");
  if (count) {
    summary.querySelector("[data-rating-count]").textContent = whole.format(count);
    summary.querySelector("[data-rating-average]").textContent = tenths.format(average);
  }
  summary.querySelector("[data-rating-figures]").hidden = !count;
  summary.querySelector("[data-rating-none]").hidden = Boolean(count);
  if (stars) showBars(count, stars);
}

function showBars(count, stars) {
  const bars = section.querySelector("[data-rating-bars]");
  for (const row of bars.querySelectorAll("[data-score]")) {
    const given = stars[Number(row.dataset.score) - 1];
    const percent = count ? Math.round((100 * given) / count) : 0;
    row.querySelector("rect").setAttribute("width", String(percent));
    row.querySelector(".rating__number").textContent = whole.format(given);
  }
  bars.hidden = !count;
}

document.addEventListener("portal:figures", (event) => {
  if (event.detail?.rating) showSummary(event.detail.rating);
});

// --- What this browser has given -----------------------------------------------------------------

function hasRated() {
  try {
    return window.localStorage.getItem(HAS_RATED) !== null;
  } catch {
    return false; // storage is forbidden here
  }
}

/** @param {?number} score the own rating of this article; null forgets it */
function remember(score) {
  try {
    if (score === null) {
      window.localStorage.removeItem(OWN_RATING);
      return;
    }
    window.localStorage.setItem(HAS_RATED, "1");
    window.localStorage.setItem(OWN_RATING, String(score));
  } catch {
    // The own rating is then shown on the page of the rating alone.
  }
}

/** The own rating of this article as this browser remembers it, or null. */
function remembered() {
  try {
    return Number(window.localStorage.getItem(OWN_RATING)) || null;
  } catch {
    return null;
  }
}

function choose(score) {
  for (const input of form.elements.score) input.checked = Number(input.value) === score;
}

/** Show the own rating; with one it can be taken back right here. */
function showOwn(score) {
  choose(score);
  // Last in its row: it moves nothing away from under the pointer, and takes no other's place.
  withdraw.hidden = score === null;
}

let touched = false; // a choice that the reader makes now outweighs an earlier one

async function showMine() {
  if (!hasRated()) return;
  try {
    const response = await fetch(section.dataset.mine, { headers: { Accept: "application/json" } });
    if (!response.ok) return;
    const { score, rating } = await response.json();
    if (touched) return;
    showSummary(rating);
    remember(score);
    showOwn(score);
  } catch {
    // The stars then stay empty, and rating works all the same.
  }
}

section
  .querySelector("[data-rating-stars]")
  .addEventListener("focusin", () => showMine(), { once: true });

// What is changed on that page is not seen from here.
ownPage.addEventListener("click", () => remember(null));

if (remembered()) showOwn(remembered());

// --- Sending: one request at a time, in this tab and in all others -------------------------------

/** Say a sentence in the status line; emptied before, so that the same one is heard again. */
function say(state, sentence) {
  status.dataset.state = state;
  status.textContent = "";
  window.setTimeout(() => {
    status.textContent = sentence;
  }, 50);
}

/** Send a form's wish, and once more where the server asks to confirm: then the cookie is there. */
async function send({ address, score }) {
  for (let confirmed = 0; ; confirmed += 1) {
    const body = new URLSearchParams(score === null ? {} : { score: String(score) });
    if (confirmed) body.set("confirm", "1");
    const response = await fetch(address, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      // A request that hangs would keep all other tabs waiting.
      signal: AbortSignal.timeout(PATIENCE),
    });
    const answer = await response.json();
    if (answer.state !== "confirm" || confirmed) return answer;
  }
}

async function carryOut(wish) {
  try {
    const answer = await send(wish);
    say(answer.state, answer.message);
    showSummary(answer.rating);
    if (answer.state === "rated" || answer.state === "none") {
      remember(answer.score);
      withdraw.hidden = answer.score === null;
      if (answer.score === null) choose(null);
    }
  } catch {
    say("failed", section.dataset.failed);
  }
}

const alone = (action) =>
  navigator.locks ? navigator.locks.request("portal-rating", action) : action();

let next = null; // of many quick clicks the last one counts
let busy = false;

async function wishFor(wish) {
  touched = true;
  next = wish;
  if (busy) return;
  busy = true;
  try {
    while (next) {
      const now = next;
      next = null;
      await alone(() => carryOut(now));
    }
  } finally {
    busy = false;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const isWithdrawal = event.submitter === withdraw;
  const chosen = form.elements.score.value;
  wishFor({
    address: isWithdrawal ? withdraw.formAction : form.action,
    score: isWithdrawal ? null : Number(chosen),
  });
});

// A finger or a mouse sends at once. The arrow keys pass over stars that are not meant: with the
// keyboard only Enter and the button send.
let byPointer = false;
form.addEventListener("pointerdown", () => {
  byPointer = true;
});
form.addEventListener("keydown", () => {
  byPointer = false;
});
form.addEventListener("change", () => {
  touched = true;
  if (byPointer) form.requestSubmit();
});
