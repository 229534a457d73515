// A form that the server would refuse for its size is not sent: what was typed would be on a page that
// only the browser's Back button leads to. The server counts the same, without files
// (DATA_UPLOAD_MAX_MEMORY_SIZE).
const { gettext, interpolate } = window
const most = Number(document.querySelector("script[data-most-bytes]").dataset.mostBytes)
const MEGABYTE = 1024 * 1024

const bytesOf = (form) => {
  const texts = [...new FormData(form)].filter(([, value]) => typeof value === "string")
  if (form.enctype !== "multipart/form-data") return new URLSearchParams(texts).toString().length
  const encoder = new TextEncoder()
  // A browser sends each line break as two bytes.
  return texts.reduce(
    (sum, [name, value]) =>
      sum + name.length + 2 + encoder.encode(value.replaceAll(/\r?\n/g, "\r\n")).length,
    0,
  )
}

const refuse = (form, bytes) => {
  form.querySelector("[data-too-large]")?.remove()
  const longest = [...form.querySelectorAll("textarea")].reduce((one, other) =>
    other.value.length > one.value.length ? other : one,
  )
  const list = document.createElement("ul")
  list.className = "errorlist"
  list.dataset.tooLarge = ""
  list.setAttribute("role", "alert")
  list.tabIndex = -1
  const item = document.createElement("li")
  item.textContent = interpolate(
    gettext(
      "The form is not sent: its text has %(size)s MB, and at most %(most)s MB are accepted. Pictures pasted into the text are part of it: remove them and choose them from the media library.",
    ),
    { size: (bytes / MEGABYTE).toFixed(1).replace(".", ","), most: most / MEGABYTE },
    true,
  )
  list.append(item)
  const row = longest.closest(".form-row") ?? longest
  row.prepend(list)
  list.focus()
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target
    if (form.method !== "post" || !form.querySelector("textarea")) return
    const bytes = bytesOf(form)
    if (bytes <= most) return
    event.preventDefault()
    event.stopImmediatePropagation()
    refuse(form, bytes)
  },
  true,
)
