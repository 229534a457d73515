// A form that was sent is not sent again by a second click while the answer is on its way.
const PATIENCE = 5000
let sent = new WeakMap()

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return
  if (event.timeStamp - sent.get(event.target) < PATIENCE) event.preventDefault()
  else sent.set(event.target, event.timeStamp)
})
// A page that is shown again, by the button "back", may be sent again.
window.addEventListener("pageshow", () => {
  sent = new WeakMap()
})
