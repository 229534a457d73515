/**
 * Tells the site that somebody looks at this page, once for each time it is shown, and puts the
 * figures that come back in their places. The answer also goes to whoever listens for
 * `portal:figures` on the document: its `detail` is { total, online, today, yesterday, month, views,
 * rating: { count, average, stars } }, each of them only where the server knows it freshly.
 */
const source = document.querySelector("script[data-visit]");
const places = {
  total: "[data-visits-total]",
  online: "[data-online]",
  today: "[data-visits-today]",
  yesterday: "[data-visits-yesterday]",
  month: "[data-visits-month]",
  views: "[data-views]",
};

/** The figure that stands in the page, or -1. */
function printed(name) {
  return Number(document.querySelector(places[name])?.textContent.replace(/\D/g, "") ?? -1);
}

/**
 * Leave out what the server read before it made this page: the reader who has just rated would see
 * the rating gone. The total and the views only grow; what was read together is as old.
 */
function newer({ views, rating, ...figures }) {
  return {
    ...(figures.total >= printed("total") ? figures : {}),
    ...(views > printed("views") ? { views, rating } : {}),
  };
}

/** Write the figures as the page's language does: 3.750.188, in English 3,750,188. */
function show(figures) {
  const format = new Intl.NumberFormat(document.documentElement.lang);
  for (const [name, place] of Object.entries(places)) {
    if (typeof figures[name] !== "number") continue;
    for (const element of document.querySelectorAll(place)) {
      element.textContent = format.format(figures[name]);
    }
  }
  document.dispatchEvent(new CustomEvent("portal:figures", { detail: figures }));
}

async function tell() {
  try {
    const answer = await fetch(source.dataset.visit, {
      method: "POST",
      headers: { "Content-Type": "text/plain" },
      body: source.dataset.article ?? "",
      // Counted even if the reader is gone the next moment.
      keepalive: true,
    });
    if (answer.ok) show(newer(await answer.json()));
  } catch {
    // No network, or a page that is being left: the printed figures stay.
  }
}

/** Wait until the page is looked at: not rendered ahead, not in a tab nobody has opened yet. */
function whenSeen(action) {
  if (document.prerendering) {
    document.addEventListener("prerenderingchange", () => whenSeen(action), { once: true });
  } else if (document.visibilityState === "visible") {
    action();
  } else {
    document.addEventListener("visibilitychange", () => whenSeen(action), { once: true });
  }
}

if (source) {
  whenSeen(tell);
  // Back from the browser's memory of pages: nothing is loaded, but it is looked at again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) whenSeen(tell);
  });
}
