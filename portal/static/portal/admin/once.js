// A second click does not send a form again while the response is pending.
const PATIENCE = 5000
let sent = new WeakMap()

document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return
  if (event.timeStamp - sent.get(event.target) < PATIENCE) event.preventDefault()
  else sent.set(event.target, event.timeStamp)
})
// A page that is shown again by the back button may be sent again.
window.addEventListener("pageshow", () => {
  sent = new WeakMap()
})
