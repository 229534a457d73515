// Accessible names for controls to which Django and its packages give none: the autocomplete boxes,
// the search box of a list, the help of two lists.
const nameBox = (container) => {
  const select = container.previousElementSibling
  const words = select.getAttribute("aria-label") ?? select.labels?.[0]?.textContent ?? ""
  const name = words.replace(/:\s*$/u, "").trim()
  const chosen = container.querySelector(".select2-selection__rendered")
  const parts = container.querySelectorAll("[role=combobox], [role=textbox], [role=searchbox]")
  for (const part of parts) {
    // The selected value is read after the name.
    const value = part.matches("[role=combobox]:not([aria-multiselectable])") ? chosen.title : ""
    const said = value ? `${name}: ${value}` : name
    if (part.getAttribute("aria-label") !== said) part.setAttribute("aria-label", said)
    part.removeAttribute("aria-labelledby")
  }
  return name
}

const nameAll = () => {
  for (const container of document.querySelectorAll("select + .select2-container")) {
    const name = nameBox(container)
    if (!container.classList.contains("select2-container--open")) continue
    for (const part of document.querySelectorAll(".select2-dropdown :is(input, [role=listbox])")) {
      if (part.getAttribute("aria-label") !== name) part.setAttribute("aria-label", name)
    }
  }
  for (const help of document.querySelectorAll("span.help-tooltip[aria-label]:not([role])")) {
    help.setAttribute("role", "img")
  }
}

const search = document.querySelector("#changelist-search input[type=submit]")
if (search) {
  document.querySelector("#searchbar").setAttribute("aria-label", search.value)
  // The icon before the box has an English alternative text.
  document.querySelector("label[for=searchbar] img")?.setAttribute("alt", "")
}
nameAll()
// The boxes are created after the page has loaded, and again whenever something is selected.
new MutationObserver(nameAll).observe(document.body, { childList: true, subtree: true })
