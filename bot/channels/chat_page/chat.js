"use strict";
// The chat page: draws the transcript, sends what waits in it, listens for what comes later.
// What people and stations write is only ever set as text, never as markup.

const WORDS = {
  zh: {
    name: "创思驿站", tagline: "队伍 · 活动 · 提醒",
    field: "说点什么", hint: "说点什么…", send: "发送", menu: "菜单", log: "聊天记录",
    offline: "没有网络，写好的会留着，连上就发。",
    unreachable: "连不上驿站，正在重试，写好的会留着。",
    waiting: "等着发出", refused: "这条没能发出去", typing: "驿站正在回复",
    newer: "有新消息", download: "下载", today: "今天", yesterday: "昨天", you: "你", station: "驿站",
  },
  en: {
    name: "Yizhan station", tagline: "Teams · events · reminders",
    field: "Say something", hint: "Say something…", send: "Send", menu: "Menu", log: "Conversation",
    offline: "You're offline. What you write is kept and goes out once you're back.",
    unreachable: "Can't reach the station. Trying again; what you write is kept.",
    waiting: "Waiting to be sent", refused: "This couldn't be sent",
    typing: "The station is typing",
    newer: "New message", download: "Download", today: "Today", yesterday: "Yesterday", you: "You",
    station: "Station",
  },
};
const DRAFT = "yizhan.draft";
const GROUP = 5 * 60 * 1000;
const PATIENCE = 20000;

const $ = (id) => document.getElementById(id);
const [scroll, list, field, newer] = [$("scroll"), $("log"), $("field"), $("newer")];

let language = "zh";
let words = WORDS.zh;

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

// The language of the page

function firstLanguage(asked) {
  if (asked in WORDS) return asked;
  return Transcript.load().language || (/^en\b/i.test(navigator.language) ? "en" : "zh");
}

function speak(chosen) {
  language = chosen;
  words = WORDS[chosen];
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  document.title = words.name;
  $("name").textContent = words.name;
  $("tagline").textContent = words.tagline;
  $("field-label").textContent = words.field;
  field.placeholder = words.hint;
  $("send").setAttribute("aria-label", words.send);
  $("menu").setAttribute("aria-label", words.menu);
  $("menu").title = words.menu;
  $("typing").setAttribute("aria-label", words.typing);
  list.setAttribute("aria-label", words.log);
  newer.textContent = words.newer;
  for (const button of $("languages").children) {
    button.setAttribute("aria-pressed", String(button.dataset.language === chosen));
  }
}

function choose(chosen) {
  if (chosen === language) return;
  speak(chosen);
  const begun = Transcript.load().begun;
  Transcript.change((log) => { log.language = chosen; });
  // The station writes to people on its own account too, so it has to know.
  if (begun) Transcript.say("text", `/language ${chosen}`, { quiet: true });
  draw();
  pump();
}

// Times

function day(at) {
  const date = new Date(at);
  const midnight = new Date().setHours(0, 0, 0, 0);
  const ago = Math.round((midnight - new Date(at).setHours(0, 0, 0, 0)) / 86400000);
  if (ago === 0) return words.today;
  if (ago === 1) return words.yesterday;
  if (language === "zh") {
    return `${date.getMonth() + 1}月${date.getDate()}日 周${"日一二三四五六"[date.getDay()]}`;
  }
  return date.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short" });
}

function clock(at) {
  const date = new Date(at);
  return `${date.getHours()}:${String(date.getMinutes()).padStart(2, "0")}`;
}

// Messages

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
const MARKS = /^(✅|⏳|🔔|⚠️?|❌)|周[一二三四五六日](?: \d\d?:\d\d)?|https?:\/\/[^\s<>"'，。；：！？、（）《》【】]+/gmu;

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

function row(entry, choice, text, live) {
  const node = make(live ? "button" : "div", "row");
  const said = make("span", "said");
  const [first, ...rest] = text.split(" · ");
  const title = make("span", "title");
  write(title, first);
  said.append(title);
  if (rest.length) {
    const more = make("span", "rest");
    rest.forEach((part, index) => {
      more.append(make("span", "part", index < rest.length - 1 ? `${part} ·` : part), " ");
    });
    said.append(more);
  }
  node.append(make("span", "number", String(choice.number)), said);
  return live ? pressable(node, entry, choice) : node;
}

function pressable(node, entry, { data, label }) {
  node.type = "button";
  node.dataset.press = data;
  node.addEventListener("click", () => press(entry, data, label));
  return node;
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
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

function bubble(entry, live) {
  const node = make("div", "bubble");
  if (entry.mine) {
    write(node, entry.label);
    return node;
  }
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
    for (const part of parts) box.append(row(entry, part.choice, part.text, live));
    node.append(box);
  }
  if (entry.file) node.append(card(entry.file));
  return node;
}

function pills(entry) {
  const picks = entry.choices.filter((choice) => !choice.in_text);
  const node = make("div", "pills");
  for (const choice of picks) {
    node.append(pressable(make("button", "pill pick", choice.label), entry, choice));
  }
  entry.buttons.forEach((button, index) => {
    const main = index === 0 && entry.choices.length === 0 ? " main" : "";
    if (button.data) {
      node.append(pressable(make("button", `pill verb${main}`, button.label), entry, button));
    } else if (safe(button.url)) {
      node.append(link(`pill verb${main}`, safe(button.url), button.label));
    }
  });
  return node.children.length ? node : null;
}

function message(entry, { live, busy, stuck, last }) {
  const whose = entry.mine ? "mine" : "theirs";
  const node = make("article", `message ${whose}${entry.notice ? " notice" : ""}`);
  node.tabIndex = -1;
  if (!entry.mine && entry.language in WORDS) {
    node.lang = entry.language === "zh" ? "zh-CN" : "en";
  }
  node.append(make("span", "hidden", entry.mine ? words.you : words.station), bubble(entry, live));
  const foot = make("div", "foot");
  if (entry.state === "refused") foot.append(make("span", "state refused", words.refused));
  else if (stuck) foot.append(make("span", "state", words.waiting));
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

// Drawing: what has not changed keeps its node, and with it the focus and the place on the screen.

const drawn = new Map();

function isShown(entry) {
  if (entry.quiet) return false;
  // A press shows as busy on its button; as a message of its own only when it cannot go out yet.
  return !(entry.kind === "press" && entry.state === "waiting" && !troubled());
}

function draw() {
  const log = Transcript.load();
  const wanted = [];
  const entries = log.entries.filter(isShown);
  const pressed = new Map(log.entries.filter((e) => e.of && e.state === "waiting")
    .map((e) => [e.of, e.value]));
  entries.forEach((entry, index) => {
    const [before, after] = [entries[index - 1], entries[index + 1]];
    const newDay = !before || day(before.at) !== day(entry.at);
    if (newDay) wanted.push([`day-${day(entry.at)}`, "", () => make("p", "day", day(entry.at))]);
    const close = (a, b) => b && !b.notice && Boolean(a.mine) === Boolean(b.mine)
      && b.at - a.at < GROUP;
    const how = {
      live: Transcript.isLive(log, entry),
      busy: pressed.get(entry.id) || "",
      stuck: entry.state === "waiting" && troubled(),
      last: !close(entry, after),
    };
    const looks = JSON.stringify([entry, how, language]);
    wanted.push([entry.id, looks, () => message(entry, how)]);
  });
  place(wanted);
  showTyping(Transcript.waiting(log));
}

function place(wanted) {
  const held = list.contains(document.activeElement) ? document.activeElement : null;
  const key = held && held.closest("article") && held.closest("article").dataset.key;
  const keep = new Set(wanted.map(([id]) => id));
  for (const [id, old] of drawn) {
    if (!keep.has(id)) {
      old.node.remove();
      drawn.delete(id);
    }
  }
  let next = list.firstChild;
  for (const [id, looks, build] of wanted) {
    let known = drawn.get(id);
    if (!known || known.looks !== looks) {
      const node = build();
      node.dataset.key = id;
      if (known) {
        if (next === known.node) next = node;
        known.node.replaceWith(node);
      } else node.classList.add("fresh");
      known = { looks, node };
      drawn.set(id, known);
    }
    if (known.node === next) next = next.nextSibling;
    else list.insertBefore(known.node, next);
  }
  if (held && !held.isConnected) refocus(key, held.dataset.press);
}

// A pressed button may vanish; whoever moves by keyboard goes on at what came of it.
function refocus(key, data) {
  const same = key && drawn.get(key) && drawn.get(key).node;
  const again = same && [...same.querySelectorAll("[data-press]")]
    .find((button) => button.dataset.press === data);
  const target = again || list.lastElementChild;
  if (target) target.focus({ preventScroll: true });
}

function nearEnd() {
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 120;
}

let following = true;

function toEnd() {
  following = true;
  newer.hidden = true;
  const last = list.lastElementChild;
  const tall = last && last.offsetHeight > scroll.clientHeight;
  if (tall) last.scrollIntoView({ block: "start" });
  else scroll.scrollTop = scroll.scrollHeight;
}

function drawAndFollow({ always = false, isNews = false } = {}) {
  const follow = always || following;
  draw();
  if (follow) toEnd();
  else if (isNews) newer.hidden = false;
}

function announce(text) {
  $("spoken").textContent = text;
}

// Sending: one at a time, in order, the same name for every try.

let offline = !navigator.onLine;
let unreachable = false;
let deaf = false;
let sending = false;
let failures = 0;
let retry = 0;
let typingSoon = 0;

function troubled() {
  return offline || unreachable;
}

function showTrouble() {
  const text = offline ? words.offline : unreachable || deaf ? words.unreachable : "";
  if ($("banner").textContent !== text) $("banner").textContent = text;
}

function showTyping(someWait) {
  clearTimeout(typingSoon);
  if (!someWait || troubled()) $("typing").hidden = true;
  else typingSoon = setTimeout(() => {
    $("typing").hidden = false;
    if (following) scroll.scrollTop = scroll.scrollHeight;
  }, 350);
}

async function post(entry) {
  const body = { id: entry.id, [entry.kind]: entry.value, language };
  let response;
  try {
    response = await fetch("/chat/messages", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.ok) return { reply: (await response.json()).reply };
  } catch {
    return { again: 0 };
  }
  if (response.status === 429 || response.status >= 500) {
    return { again: Number(response.headers.get("Retry-After")) || 0 };
  }
  return { refused: true };
}

async function pump() {
  if (sending || offline) return;
  sending = true;
  clearTimeout(retry);
  for (let entry; (entry = Transcript.waiting(Transcript.load()));) {
    const outcome = await post(entry);
    if (outcome.again !== undefined) {
      failures += 1;
      unreachable = !offline;
      const pause = Math.max(outcome.again, Math.min(30, 2 ** (failures - 1)));
      retry = setTimeout(pump, pause * 1000);
      break;
    }
    failures = 0;
    unreachable = false;
    settle(entry, outcome);
  }
  sending = false;
  showTrouble();
  drawAndFollow();
}

function settle(entry, { reply, refused }) {
  if (refused) {
    Transcript.refused(entry.id);
    announce(words.refused);
  } else {
    Transcript.answered(entry.id, reply);
    if (reply) announce(reply.text);
    if (reply && reply.forget) keepDraft("");
  }
  const known = Transcript.load().language;
  if (known && known !== language && !Transcript.waiting(Transcript.load())) speak(known);
  const edited = reply && reply.edit && entry.of;
  if (edited) draw();
  else drawAndFollow({ isNews: Boolean(reply) });
}

function say(kind, value, how) {
  Transcript.say(kind, value, how);
  drawAndFollow({ always: !how || !how.of });
  pump();
}

function press(entry, data, label) {
  const log = Transcript.load();
  if (log.entries.some((each) => each.of === entry.id && each.state === "waiting")) return;
  say("press", data, { label, of: entry.id });
}

// Listening: an open page hears at once, a page that comes back is told what it missed.

let source = null;
let reconnect = 0;
let deafSoon = 0;

function listen() {
  clearTimeout(reconnect);
  if (source || offline || document.hidden) return;
  source = new EventSource(`/chat/stream?after=${Transcript.load().place}`);
  source.onopen = () => {
    clearTimeout(deafSoon);
    deafSoon = 0;
    deaf = false;
    showTrouble();
    if (Transcript.waiting(Transcript.load())) pump();
  };
  source.onmessage = (event) => {
    const notice = JSON.parse(event.data);
    const isNews = Transcript.delivered(Number(event.lastEventId), notice);
    if (isNews) announce(notice.text);
    drawAndFollow({ isNews });
  };
  source.onerror = () => {
    if (!deafSoon) {
      deafSoon = setTimeout(() => {
        deaf = true;
        showTrouble();
      }, 6000);
    }
    if (source && source.readyState === EventSource.CLOSED) {
      hush();
      reconnect = setTimeout(listen, 5000);
    }
  };
}

function hush() {
  if (source) source.close();
  source = null;
}

function wake() {
  offline = !navigator.onLine;
  if (offline || document.hidden) hush();
  if (offline) {
    clearTimeout(deafSoon);
    deafSoon = 0;
    deaf = false;
    unreachable = false;
  }
  showTrouble();
  drawAndFollow();
  if (!offline && !document.hidden) {
    failures = 0;
    listen();
    pump();
  }
}

// The field

function keepDraft(text) {
  try {
    localStorage.setItem(DRAFT, text);
  } catch {
    return; // A private window keeps the draft in the field only.
  }
  if (!text) field.value = "";
}

function fit() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 148)}px`;
  $("form").classList.toggle("ready", field.value.trim() !== "");
}

function submit() {
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  keepDraft("");
  fit();
  say("text", text);
}

function begin() {
  const asked = new URLSearchParams(location.search);
  const payload = asked.get("start") || "";
  speak(firstLanguage(asked.get("lang")));
  const known = Transcript.load();
  if (known.begun && known.language && known.language !== language) {
    Transcript.say("text", `/language ${language}`, { quiet: true });
  }
  Transcript.change((log) => { log.language = language; });
  if (/^[A-Za-z0-9_-]{1,64}$/.test(payload)) Transcript.say("link", payload, { quiet: true });
  else if (!known.begun) Transcript.say("text", "/start", { quiet: true });
  // A reload is no second visit by the poster's code.
  if (location.search) history.replaceState(null, "", location.pathname);
  try {
    field.value = localStorage.getItem(DRAFT) || "";
  } catch {
    field.value = "";
  }
  draw();
  for (const { node } of drawn.values()) node.classList.remove("fresh");
  toEnd();
  fit();
  wake();
}

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
field.addEventListener("keydown", (event) => {
  // While a Chinese word is being composed, Enter belongs to the input method.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  submit();
});
field.addEventListener("input", () => {
  keepDraft(field.value);
  fit();
});
$("menu").addEventListener("click", () => say("text", "/start", { label: words.menu }));
$("languages").addEventListener("click", (event) => {
  if (event.target.dataset.language) choose(event.target.dataset.language);
});
newer.addEventListener("click", toEnd);
scroll.addEventListener("scroll", () => {
  following = nearEnd();
  if (following) newer.hidden = true;
});
// A picture that has come, or a keyboard that has opened, must not hide the end of the conversation.
const resized = new ResizeObserver(() => { if (following) toEnd(); });
for (const node of [list, scroll]) resized.observe(node);
addEventListener("online", wake);
addEventListener("offline", wake);
addEventListener("pagehide", hush);
addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
document.addEventListener("visibilitychange", wake);
addEventListener("storage", (event) => {
  if (event.key === Transcript.KEY || event.key === null) drawAndFollow();
});

begin();
