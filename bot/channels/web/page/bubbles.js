"use strict";
// One entry of the transcript as it is shown. What people and stations write is only ever set as
// text, never as markup.

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function safe(url) {
  try {
    const whole = new URL(url, location.href);
    return ["http:", "https:", "webcal:", "tel:"].includes(whole.protocol) ? whole.href : "";
  } catch {
    return "";
  }
}

function link(className, url, text) {
  const node = make("a", className, text);
  node.href = url;
  node.rel = "noopener noreferrer";
  node.target = "_blank";
  return node;
}

// The signs that open a line are drawn, for a cheap phone's font may not have them; the sign itself
// stays in the text, for copying and for reading aloud.
const SIGNS = {
  "✅": ["done", "M10 1.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M6 10.3l2.7 2.7 5.3-5.6"],
  "⏳": ["wait", "M10 1.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M10 5.5V10l3 2.2"],
  "🔔": ["bell", "M3.5 14.5h13c-1.6-1.6-2-3-2-6a4.5 4.5 0 0 0-9 0c0 3-.4 4.4-2 6M8.3 17.5h3.4M10 2v2"],
  "⚠️": ["warn", "M10 2.5 18.5 17h-17ZM10 8v4M10 14.6v.1"],
  "❌": ["gone", "M10 1.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17M7 7l6 6M13 7l-6 6"],
};
const MARKS = /^(✅|⏳|🔔|⚠️?|❌)|(?:\d\d?月\d\d?日 )?周[一二三四五六日](?: \d\d?:\d\d)?|https?:\/\/[^\s<>"'，。；：！？、（）《》【】]+/gmu;

function sign(character) {
  const [name, path] = SIGNS[character] || SIGNS["⚠️"];
  const node = make("span", `sign ${name}`);
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  picture.setAttribute("viewBox", "0 0 20 20");
  picture.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  picture.append(line);
  node.append(make("span", "hidden", character), picture);
  return node;
}

function write(node, text) {
  let from = 0;
  for (const { 0: mark, 1: character, index } of text.matchAll(MARKS)) {
    node.append(text.slice(from, index));
    const said = character || mark.replace(/[.,;:!?)\]}]+$/, "");
    const href = said.startsWith("http") ? safe(said) : "";
    if (character) node.append(sign(character));
    else if (href) node.append(link("", href, said.replace(/^https?:\/\//, "")));
    else node.append(make("span", "whole", said));
    from = index + said.length;
  }
  node.append(text.slice(from));
}

// The lines "1. …" at the end of a list become its rows; null where they are not found.
function rows(entry) {
  const numbered = entry.choices.filter((choice) => choice.in_text);
  const lines = entry.text.split("\n");
  const starts = [];
  let from = 0;
  for (const choice of numbered) {
    const mark = `${choice.number}. `;
    const at = lines.findIndex((line, index) => index >= from && line.startsWith(mark));
    if (at < 0) return null;
    starts.push(at);
    from = at + 1;
  }
  const parts = numbered.map((choice, index) => {
    const text = lines.slice(starts[index], starts[index + 1]).join("\n");
    return { choice, text: text.slice(`${choice.number}. `.length) };
  });
  return { intro: lines.slice(0, starts[0]).join("\n"), parts };
}

function row(choice, text, open) {
  const node = make(open ? "button" : "div", "row");
  const said = make("span", "said");
  const [first, ...rest] = text.split(" · ");
  const title = make("span", "title");
  write(title, first);
  said.append(title);
  if (rest.length) {
    const more = make("span", "rest");
    rest.forEach((part, index) => {
      const node = make("span", "part");
      write(node, index < rest.length - 1 ? `${part} ·` : part);
      more.append(node, " ");
    });
    said.append(more);
  }
  node.append(make("span", "number", String(choice.number)), said);
  return open ? pressable(node, choice) : node;
}

function pressable(node, { data, label }) {
  node.type = "button";
  node.dataset.press = data;
  node.dataset.label = label;
  return node;
}

function card(file) {
  const href = safe(file.url);
  const node = make(href ? "a" : "div", "file");
  if (href) {
    node.href = href;
    node.download = file.name;
  }
  if (href && file.media_type.startsWith("image/")) {
    node.classList.add("picture");
    const picture = make("img");
    picture.loading = "lazy";
    picture.src = href;
    picture.alt = file.name;
    node.append(picture);
    return node;
  }
  const kind = file.name.includes(".") ? file.name.split(".").pop().slice(0, 4) : "";
  const about = make("span", "about");
  const known = file.size === undefined ? words.download : `${size(file.size)} · ${words.download}`;
  about.append(make("span", "title", file.name), make("span", "rest", known));
  node.append(make("span", "kind", kind), about);
  return node;
}

function photo(url) {
  const picture = make("img", "photo");
  picture.src = url;
  picture.alt = words.picture;
  return picture;
}

function player(url) {
  const sound = make("audio");
  sound.controls = true;
  sound.src = url;
  return sound;
}

function bubble(entry, open) {
  const node = make("div", "bubble");
  if (entry.mine) {
    const sent = picked.get(entry.id);
    if (sent) node.append(entry.kind === "sound" ? player(sent.url) : photo(sent.url));
    else write(node, entry.label);
    return node;
  }
  if (entry.picture) node.append(photo(safe(entry.picture)));
  const listed = entry.choices.some((choice) => choice.in_text);
  const found = listed ? rows(entry) : null;
  const text = found ? found.intro : entry.text;
  if (text) {
    const [first, ...rest] = text.split("\n");
    const said = make("p", "text");
    const lead = make("span", (rest.length || listed) && first.length <= 28 ? "lead" : "");
    write(lead, first);
    said.append(lead);
    if (rest.length) write(said, "\n" + rest.join("\n"));
    node.append(said);
  }
  if (listed) {
    const parts = found ? found.parts
      : entry.choices.filter((c) => c.in_text).map((c) => ({ choice: c, text: c.label }));
    const box = make("div", "rows");
    for (const part of parts) box.append(row(part.choice, part.text, open));
    node.append(box);
  }
  if (entry.file) node.append(card(entry.file));
  return node;
}

function pills(entry) {
  const picks = entry.choices.filter((choice) => !choice.in_text);
  const node = make("div", "pills");
  for (const choice of picks) {
    node.append(pressable(make("button", "pill pick", choice.label), choice));
  }
  entry.buttons.forEach((button, index) => {
    const main = index === 0 && entry.choices.length === 0 ? " main" : "";
    if (button.data) {
      node.append(pressable(make("button", `pill verb${main}`, button.label), button));
    } else if (safe(button.url)) {
      node.append(link(`pill verb${main}`, safe(button.url), button.label));
    }
  });
  if (entry.alerts === "offered" && Alerts.canOffer()) {
    const button = make("button", "pill verb", words.alert);
    button.type = "button";
    button.dataset.alerts = "";
    node.append(button);
  }
  return node.children.length ? node : null;
}

function message(entry, { live, open, busy, stuck, last }) {
  const whose = entry.mine ? "mine" : "theirs";
  const node = make("article", `message ${whose}${entry.notice ? " notice" : ""}`);
  node.tabIndex = -1;
  if (!entry.mine && isKnown(entry.language)) node.lang = LANGUAGES[entry.language].lang;
  node.append(make("span", "hidden", entry.mine ? words.you : words.station), bubble(entry, open));
  const foot = make("div", "foot");
  if (entry.state === "refused") foot.append(make("span", "state refused", entry.why || words.refused));
  else if (stuck) foot.append(make("span", "state", words.waiting));
  if (entry.alerts === "on") foot.append(make("span", "state", words.alerted));
  if (entry.alerts === "failed") foot.append(make("span", "state", words.unalerted));
  if (last) foot.append(make("time", "", clock(entry.edited || entry.at)));
  if (foot.children.length) node.append(foot);
  const quick = live ? pills(entry) : null;
  if (quick) node.append(quick);
  if (busy) {
    for (const button of node.querySelectorAll("[data-press]")) {
      button.setAttribute("aria-disabled", "true");
      if (button.dataset.press === busy) button.classList.add("busy");
    }
  }
  return node;
}
