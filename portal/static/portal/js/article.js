/**
 * What a reader can do with an article beyond reading it. Every button stands hidden in the page
 * and is shown here, where it can do its work.
 */
const article = document.querySelector("[data-article]");

/** Show a message in a status line, and clear it so that screen readers announce the next one. */
function say(status, sentence) {
  status.textContent = sentence;
  window.setTimeout(() => {
    status.textContent = "";
  }, 5000);
}

// --- Text size: stored in the browser, once a reader has chosen one -----------------------

const SIZE_KEY = "text-size";
const [SMALLEST, LARGEST] = [-1, 3];

function keptSize() {
  try {
    const size = Number.parseInt(window.localStorage.getItem(SIZE_KEY) ?? "0", 10);
    return size >= SMALLEST && size <= LARGEST ? size : 0;
  } catch {
    return 0; // the browser does not allow storage
  }
}

function keepSize(size) {
  try {
    if (size === 0) window.localStorage.removeItem(SIZE_KEY);
    else window.localStorage.setItem(SIZE_KEY, String(size));
  } catch {
    // The choice is then for this page only.
  }
}

function setUpTextSize(group) {
  let size = keptSize();
  const show = () => {
    article.dataset.textSize = String(size);
    for (const button of group.querySelectorAll("[data-step]")) {
      const step = Number(button.dataset.step);
      const atTheEnd = (step < 0 && size === SMALLEST) || (step > 0 && size === LARGEST);
      button.setAttribute("aria-disabled", String(atTheEnd));
    }
  };
  group.addEventListener("click", (event) => {
    const step = event.target.closest("[data-step]")?.dataset.step;
    if (step === undefined) return;
    size = step === "0" ? 0 : Math.min(LARGEST, Math.max(SMALLEST, size + Number(step)));
    keepSize(size);
    show();
  });
  show();
  group.hidden = false;
}

// --- Copying the address -------------------------------------------------------------------------

function setUpCopying(item) {
  // Not for a withdrawn article; the clipboard is available only over HTTPS.
  if (!item || !navigator.clipboard) return;
  const status = article.querySelector("[data-status]");
  const button = item.querySelector("button");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.address);
    say(status, button.dataset.done);
  });
  item.hidden = false;
}

// --- Printing ------------------------------------------------------------------------------------

function setUpPrinting(button) {
  button.addEventListener("click", () => window.print());
  button.hidden = false;
}

// --- Reading aloud, if the device has a Vietnamese voice --------------------------------------

function setUpReading(button) {
  const speech = window.speechSynthesis;
  if (!speech) return;
  const start = button.textContent;
  let turn = 0; // counts starts and stops, so that a stopped reading does not continue

  const vietnameseVoice = () => speech.getVoices().find((voice) => /^vi\b/i.test(voice.lang));
  const showIfPossible = () => {
    button.hidden = !vietnameseVoice();
  };

  function stop() {
    turn += 1;
    speech.cancel();
    button.textContent = start;
    button.setAttribute("aria-pressed", "false");
  }

  function read() {
    const mine = (turn += 1);
    // Paragraph by paragraph: some browsers stop in the middle of a long text.
    const parts = [
      article.querySelector("h1"),
      ...article.querySelectorAll("[data-readable] :is(p, h2, h3, h4, li, figcaption, th, td)"),
    ].filter((part) => !part.querySelector("p, li") && part.textContent.trim());
    button.textContent = button.dataset.stop;
    button.setAttribute("aria-pressed", "true");
    const next = (index) => {
      if (mine !== turn) return;
      if (index === parts.length) {
        stop();
        return;
      }
      const words = new SpeechSynthesisUtterance(parts[index].textContent.trim());
      words.voice = vietnameseVoice();
      words.lang = words.voice?.lang ?? "vi-VN";
      words.onend = () => next(index + 1);
      words.onerror = () => mine === turn && stop();
      speech.speak(words);
    };
    next(0);
  }

  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () =>
    button.getAttribute("aria-pressed") === "true" ? stop() : read(),
  );
  window.addEventListener("pagehide", stop);
  speech.addEventListener?.("voiceschanged", showIfPossible);
  showIfPossible();
}

setUpTextSize(article.querySelector("[data-text-size]"));
setUpCopying(article.querySelector("[data-copy-link]"));
setUpPrinting(article.querySelector("[data-print]"));
setUpReading(article.querySelector("[data-read-aloud]"));
