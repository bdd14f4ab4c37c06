// What the desk does in the browser beside htmx: a question before what cannot be undone, and
// forgetting lists of names. Without this script every form still works.
"use strict";
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const asks = event.target.dataset.asks;
  if (asks && !window.confirm(asks)) event.preventDefault();
  else if (event.target.method === "post") lock(event.target);
  if (new URL(event.target.action).pathname === "/console/account/leave") forgetLists();
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

// The lists that check-in keeps (door.js) go with whoever signs out, and some hours after the event.
// What a device has not told yet stays: it holds numbers alone.
function forgetLists(isOver = () => true) {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("desk-door:") && isOver(name)) localStorage.removeItem(name);
  }
  if (window.caches && !Object.keys(localStorage).some((name) => name.startsWith("desk-door:"))) {
    caches.delete("desk-door");
  }
}
const isSignedOut = document.body.classList.contains("entrance");
const isOver = (name) => JSON.parse(localStorage.getItem(name)).until * 1000 < Date.now();
if (Object.keys(localStorage).some((name) => name.startsWith("desk-door:"))) {
  forgetLists(isSignedOut ? undefined : isOver);
}

// On a phone the menu is a strip: where one is stands in sight.
const here = document.querySelector(".menu [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 16;

// A box that ticks all others of a name, which needs this script.
for (const box of document.querySelectorAll("[data-ticks]")) {
  box.parentElement.hidden = false;
  box.addEventListener("change", () => {
    for (const each of document.querySelectorAll(`input[name="${box.dataset.ticks}"]`)) each.checked = box.checked;
  });
}

// The keys A and D press the first and the second button of what stands first in a queue.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const place = ["a", "d"].indexOf(event.key.toLowerCase());
  const buttons = document.querySelectorAll("[data-shortcuts] button");
  if (place in buttons) buttons[place].click();
});
