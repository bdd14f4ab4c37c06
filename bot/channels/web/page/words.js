"use strict";
// What the page itself says, in the reader's language, and how it says times and sizes.
// LANGUAGES is written by the station from its catalogues, the default language first.

const CODES = Object.keys(LANGUAGES);
let language = CODES[0];
let words = LANGUAGES[language];

function isKnown(code) {
  return Object.hasOwn(LANGUAGES, code);
}

function day(at) {
  const date = new Date(at);
  const midnight = new Date().setHours(0, 0, 0, 0);
  const ago = Math.round((midnight - new Date(at).setHours(0, 0, 0, 0)) / 86400000);
  if (ago === 0) return words.today;
  if (ago === 1) return words.yesterday;
  return words.date.replace("{weekday}", words.weekdays[(date.getDay() + 6) % 7])
    .replace("{day}", date.getDate()).replace("{month}", words.months[date.getMonth()]);
}

function clock(at) {
  const date = new Date(at);
  return `${date.getHours()}:${String(date.getMinutes()).padStart(2, "0")}`;
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
