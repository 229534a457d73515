// Opens the media library in a dialog and hands over the picture that was chosen there.
// Whoever wants one dispatches "picture:choose" on the document, with the library's address and a
// function `done` that gets the picture, or null.
const { gettext } = window

const choose = ({ url, done }) => {
  const dialog = document.createElement("dialog")
  dialog.className = "picture-dialog"
  dialog.setAttribute("aria-label", gettext("Media library"))
  const close = document.createElement("button")
  close.type = "button"
  close.className = "picture-dialog__close"
  close.textContent = gettext("Close")
  const frame = document.createElement("iframe")
  frame.src = url
  frame.title = gettext("Media library")
  dialog.append(close, frame)

  let chosen = null
  const receive = (event) => {
    if (event.source !== frame.contentWindow || event.origin !== window.location.origin) return
    chosen = event.data.picture
    dialog.close()
  }
  window.addEventListener("message", receive)
  close.addEventListener("click", () => dialog.close())
  dialog.addEventListener("close", () => {
    window.removeEventListener("message", receive)
    dialog.remove()
    done(chosen)
  })
  document.body.append(dialog)
  dialog.showModal()
  frame.addEventListener("load", () => frame.contentWindow.focus(), { once: true })
}

document.addEventListener("picture:choose", (event) => choose(event.detail))

// The field of a form that holds one picture.
const show = (field, picture) => {
  field.querySelector("input").value = picture ? picture.id : ""
  const image = field.querySelector(".picture-field__image")
  image.hidden = !picture
  if (picture) image.src = picture.thumb
  else image.removeAttribute("src")
  field.querySelector(".picture-field__name").textContent = picture ? picture.label : ""
  field.querySelector(".picture-field__clear").hidden = !picture
}

document.addEventListener("click", (event) => {
  const field = event.target.closest(".picture-field")
  if (!field) return
  if (event.target.closest(".picture-field__choose")) {
    const done = (picture) => picture && show(field, picture)
    document.dispatchEvent(
      new CustomEvent("picture:choose", { detail: { url: field.dataset.pickerUrl, done } }),
    )
  } else if (event.target.closest(".picture-field__clear")) {
    show(field, null)
    field.querySelector(".picture-field__choose").focus()
  }
})
