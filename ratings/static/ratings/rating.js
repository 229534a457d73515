/**
 * Rating an article with one click. Without this script the form does the same on a page of its own.
 *
 * Nothing is asked when the page is opened. A browser that has rated something before asks for its
 * own rating once the reader comes near the stars.
 */
const section = document.querySelector("[data-rating]");
const form = section.querySelector("[data-rating-form]");
const withdraw = section.querySelector("[data-rating-withdraw]");
const ownPage = section.querySelector("[data-rating-page]");
const status = section.querySelector("[data-rating-status]");

const HAS_RATED = "has-rated";
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

function remember() {
  try {
    window.localStorage.setItem(HAS_RATED, "1");
  } catch {
    // The own rating is then shown on the page of the rating alone.
  }
}

function choose(score) {
  for (const input of form.elements.score) input.checked = Number(input.value) === score;
}

/** With a rating of one's own it can be taken back right here. */
function offerWithdrawal(isMine) {
  withdraw.hidden = !isMine;
  ownPage.hidden = isMine;
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
    if (score === null) return;
    choose(score);
    offerWithdrawal(true);
  } catch {
    // The stars then stay empty, and rating works all the same.
  }
}

let asked = false;
for (const near of ["focusin", "pointerenter"]) {
  form.addEventListener(near, () => {
    if (!asked) showMine();
    asked = true;
  });
}

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
    if (answer.state === "rated") remember();
    if (answer.state === "none") choose(null);
    if (answer.state === "rated" || answer.state === "none") {
      offerWithdrawal(answer.state === "rated");
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
