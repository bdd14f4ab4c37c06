// What the desk does in the browser beside htmx: a question before what cannot be undone. Without
// this script every form still works.
"use strict";
document.addEventListener("submit", (event) => {
  const asks = event.target.dataset.asks;
  if (asks && !window.confirm(asks)) event.preventDefault();
  else if (event.target.method === "post") lock(event.target);
});

// A second press of the same button sends nothing. What answers with a file leaves the page where it
// is, so the button comes back.
function lock(form) {
  for (const button of form.querySelectorAll("button")) {
    setTimeout(() => { button.disabled = true; }, 0);
    setTimeout(() => { button.disabled = false; }, 5000);
  }
}

// A page that is shown again out of the browser's memory can be used again.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form button:disabled")) button.disabled = false;
});
