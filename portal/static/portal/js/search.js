/**
 * Titles offered while somebody types into a search field, and the count of what was searched.
 * Without this file the form sends its words as any form does.
 *
 * The pattern is the editable combobox with a list popup and manual selection of the WAI-ARIA
 * Authoring Practices: focus stays in the field, the arrow keys move through the titles, Enter goes
 * to the one chosen or, with none chosen, searches; Escape closes the list, and whoever moves on in
 * the field has chosen nothing.
 */
const SHORTEST = 2; // letters
const PAUSE = 180; // milliseconds without a key

let number = 0;

class TitleBox {
  constructor(form) {
    this.form = form;
    this.field = form.querySelector('input[type="search"]');
    this.chosen = -1;
    this.known = new Map();
    this.list = document.createElement("ul");
    this.list.id = `titles-${++number}`;
    this.list.className = "titles";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", form.dataset.label);
    this.list.hidden = true;
    this.status = document.createElement("p");
    this.status.className = "visually-hidden";
    this.status.setAttribute("role", "status");
    this.field.closest(".search").append(this.list, this.status);

    this.field.setAttribute("role", "combobox");
    this.field.setAttribute("aria-autocomplete", "list");
    this.field.setAttribute("aria-expanded", "false");
    this.field.setAttribute("aria-controls", this.list.id);
    this.field.autocomplete = "off";

    this.field.addEventListener("input", () => this.ask());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => this.close());
    // Pressing the mouse on a suggestion must not move the focus before the click.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest('[role="option"]');
      if (option) window.location.assign(option.dataset.url);
    });
  }

  ask() {
    this.stop();
    // The selection belongs to the suggestions for the earlier text.
    this.choose(-1);
    const words = this.field.value.trim();
    if (words.length < SHORTEST) {
      this.close();
      return;
    }
    this.timer = window.setTimeout(() => this.load(words), PAUSE);
  }

  async load(words) {
    this.request = new AbortController();
    try {
      if (!this.known.has(words)) {
        const address = `${this.form.dataset.suggest}?q=${encodeURIComponent(words)}`;
        const answer = await fetch(address, { signal: this.request.signal, credentials: "omit" });
        if (!answer.ok) throw new Error(answer.statusText);
        this.known.set(words, (await answer.json()).titles);
      }
      if (document.activeElement === this.field) this.show(this.known.get(words));
    } catch (error) {
      // Offline, or aborted for the next letter: the form still works.
      if (error.name !== "AbortError") this.open(false);
    }
  }

  /** Cancel the pending request and the timer. */
  stop() {
    window.clearTimeout(this.timer);
    this.request?.abort();
  }

  show(titles) {
    this.chosen = -1;
    this.field.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(
      ...titles.map(({ title, url }, index) => {
        const option = document.createElement("li");
        option.id = `${this.list.id}-${index}`;
        option.className = "titles__title";
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.lang = "vi";
        option.dataset.url = url;
        option.textContent = title;
        return option;
      }),
    );
    this.open(titles.length > 0);
    const { found, none } = this.form.dataset;
    this.status.textContent = titles.length ? found.replace("{count}", String(titles.length)) : none;
  }

  open(isOpen) {
    this.list.hidden = !isOpen;
    this.field.setAttribute("aria-expanded", String(isOpen));
  }

  close() {
    this.stop();
    this.choose(-1);
    this.open(false);
    this.status.textContent = "";
  }

  choose(index) {
    const options = [...this.list.children];
    options[this.chosen]?.setAttribute("aria-selected", "false");
    this.chosen = index;
    const option = options[index];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      this.field.setAttribute("aria-activedescendant", option.id);
    } else {
      this.field.removeAttribute("aria-activedescendant");
    }
  }

  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const count = this.list.children.length;
    const isOpen = !this.list.hidden;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      if (!isOpen) this.open(true);
      // Beyond the first and the last suggestion comes the field itself.
      const places = count + 1;
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.choose(((this.chosen + 1 + step + places) % places) - 1);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      this.close();
    } else if (event.key === "Enter" && isOpen && this.chosen >= 0) {
      event.preventDefault();
      window.location.assign(this.list.children[this.chosen].dataset.url);
    } else if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) {
      this.choose(-1);
    }
  }
}

for (const form of document.querySelectorAll("form[data-suggest]")) new TitleBox(form);

const results = document.querySelector("[data-note]");
if (results) {
  const body = new URLSearchParams({ note: results.dataset.note });
  // Going back in the history does not search again.
  const [visit] = performance.getEntriesByType("navigation");
  if (visit?.type !== "back_forward" && visit?.type !== "reload") {
    fetch(results.dataset.count, { method: "POST", body, credentials: "omit", keepalive: true }).catch(
      () => {},
    );
  }
}
