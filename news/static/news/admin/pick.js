// The media library inside the dialog: tells the page around it which picture was chosen.
const tell = (picture) => window.parent.postMessage({ picture }, window.location.origin)

const pictures = [...document.querySelectorAll("button.picture")]

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.picture")
  if (button) tell({ ...button.dataset })
})

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    tell(null)
    return
  }
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
  const at = pictures.indexOf(document.activeElement)
  if (step && at !== -1) {
    pictures[Math.min(Math.max(at + step, 0), pictures.length - 1)].focus()
    event.preventDefault()
  }
})
