// A canned reason fills in what the sender is told; what was typed by hand is never overwritten.

const choice = document.querySelector(".field-canned");
const message = document.querySelector("#id_message");
const reason = document.querySelector("#id_reason");

if (choice && message) {
  let filled = "";
  choice.addEventListener("change", (event) => {
    const { text, reason: why } = event.target.dataset;
    if (why && reason) reason.value = why;
    if (message.value.trim() === "" || message.value === filled) {
      message.value = filled = text ?? "";
    }
  });
}
