/**
 * Comforts of the menu; without this file it works by the browser's own disclosures.
 * Escape and a click elsewhere close what is open, as WCAG 2.2 asks of content that covers other
 * content (1.4.13).
 */
const menu = document.querySelector(".menu");

/** Close every open group; return the first that was open. */
function closeGroups() {
  const open = [...menu.querySelectorAll(".menu__group[open]")];
  for (const group of open) group.open = false;
  return open[0];
}

if (menu) {
  const wide = window.matchMedia("(min-width: 62rem)");

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const holdsFocus = menu.contains(document.activeElement);
    const closed = closeGroups();
    if (closed && holdsFocus) closed.querySelector("summary").focus();
  });

  document.addEventListener("click", (event) => {
    if (wide.matches && !event.target.closest(".menu__group")) closeGroups();
  });

  menu.addEventListener("focusout", (event) => {
    // On a wide screen an open group covers the page: it closes when the focus leaves it.
    if (wide.matches && event.relatedTarget && !event.relatedTarget.closest(".menu__group[open]")) {
      closeGroups();
    }
  });
}
