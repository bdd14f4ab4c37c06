"use strict";
// The chat page: draws the transcript, sends what waits in it, listens for what comes later.

const DRAFT = "yizhan.draft";
const GROUP = 5 * 60 * 1000;
const PATIENCE = 20000;

const $ = (id) => document.getElementById(id);
const [scroll, list, field, newer] = [$("scroll"), $("log"), $("field"), $("newer")];

// The language of the page

function firstLanguage(asked) {
  const spoken = (navigator.language || "").split("-")[0].toLowerCase();
  return [asked, Transcript.load().language, spoken].find(isKnown) || CODES[0];
}

// Two or three stand side by side; more would crowd out the station's name.
function offerLanguages() {
  const place = $("languages");
  if (CODES.length > 3) {
    const select = make("select", "");
    for (const code of CODES) {
      const option = make("option", "", LANGUAGES[code].language);
      option.value = code;
      option.lang = LANGUAGES[code].lang;
      select.append(option);
    }
    select.addEventListener("change", () => choose(select.value));
    place.append(select);
    return;
  }
  for (const code of CODES) {
    const button = make("button", "", LANGUAGES[code].short);
    button.type = "button";
    button.dataset.language = code;
    button.lang = LANGUAGES[code].lang;
    const { short, language: name } = LANGUAGES[code];
    // A name that is spoken holds what is seen (WCAG 2.5.3).
    button.setAttribute("aria-label", name.includes(short) ? name : `${short} ${name}`);
    button.addEventListener("click", () => choose(code));
    place.append(button);
  }
}

function markLanguage() {
  $("languages").setAttribute("aria-label", words.languages);
  for (const each of $("languages").children) {
    if (each.dataset.language) {
      each.setAttribute("aria-pressed", String(each.dataset.language === language));
    } else {
      each.value = language;
      each.setAttribute("aria-label", words.languages);
    }
  }
}

function speak(chosen) {
  language = chosen;
  words = LANGUAGES[chosen];
  document.documentElement.lang = words.lang;
  document.title = $("name").textContent = words.name;
  $("tagline").textContent = words.tagline;
  $("field-label").textContent = words.field;
  field.placeholder = words.hint;
  $("send").setAttribute("aria-label", words.send);
  $("menu").setAttribute("aria-label", words.menu);
  $("menu").title = words.menu;
  $("clip").setAttribute("aria-label", words.clip);
  $("clip").title = words.clip;
  $("typing").setAttribute("aria-label", words.typing);
  list.setAttribute("aria-label", words.log);
  newer.textContent = words.newer;
  markLanguage();
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

// Drawing: what has not changed keeps its node, and with it the focus and the place on the screen.

const drawn = new Map();

function isShown(entry) {
  if (entry.quiet) return false;
  // A press shows as busy on its button; as a message of its own only when it cannot go out yet.
  return !(entry.kind === "press" && entry.state === "waiting" && !unreachable);
}

function draw() {
  const log = Transcript.load();
  const wanted = [];
  const entries = log.entries.filter(isShown).map(Transcript.asRead);
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
      open: Transcript.isOpen(log, entry),
      busy: pressed.get(entry.id) || "",
      stuck: entry.state === "waiting" && unreachable,
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
  // An answer is read from its beginning; of one's own words the end is enough.
  const theirs = last && last.classList.contains("theirs");
  const tall = theirs && last.offsetHeight > scroll.clientHeight;
  // Not scrollIntoView, which moves the page around this box as well.
  scroll.scrollTop = tall ? last.offsetTop - 16 : scroll.scrollHeight;
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

let unreachable = false;
let hurried = false;
let deaf = false;
let sending = false;
let failures = 0;
let retry = 0;
let typingSoon = 0;

// Whether the browser believes itself online only chooses the words: a station on this very machine
// or in the factory's own net is reached without any internet.
function showTrouble() {
  const cut = navigator.onLine ? words.unreachable : words.offline;
  const why = hurried ? words.hurried : cut;
  const text = unreachable || deaf ? why : "";
  if ($("banner").textContent !== text) $("banner").textContent = text;
}

function reached() {
  failures = 0;
  unreachable = false;
  hurried = false;
  showTrouble();
}

function showTyping(someWait) {
  clearTimeout(typingSoon);
  if (!someWait || unreachable) $("typing").hidden = true;
  else typingSoon = setTimeout(() => {
    $("typing").hidden = false;
    if (following) scroll.scrollTop = scroll.scrollHeight;
  }, 350);
}

// What was picked is kept by this tab alone, until it is gone: it is too large for the transcript.
const picked = new Map();
const isFile = (entry) => entry.kind === "picture" || entry.kind === "sound";
const LONGEST_SIDE = 1600;

// Photos of a phone are larger than is taken, and than anybody needs to see.
async function smaller(file) {
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return await new Promise((done) => canvas.toBlob((blob) => done(blob || file), "image/jpeg", .85));
  } catch {
    return file;
  }
}

async function pick() {
  const file = $("picture").files[0];
  $("picture").value = "";
  if (!file) return;
  const kind = file.type.startsWith("audio/") ? "sound" : "picture";
  const blob = kind === "sound" ? file : await smaller(file);
  const id = Transcript.say(kind, "", { label: words[kind] });
  picked.set(id, { blob, url: URL.createObjectURL(blob) });
  drawAndFollow({ always: true });
  pump();
}

function sent(entry) {
  const signal = AbortSignal.timeout(PATIENCE);
  if (isFile(entry)) {
    const { blob } = picked.get(entry.id);
    const url = `/chat/${entry.kind}s?id=${entry.id}&language=${language}`;
    return fetch(url, { method: "POST", headers: { "Content-Type": blob.type }, body: blob, signal });
  }
  const body = JSON.stringify({ id: entry.id, [entry.kind]: entry.value, language });
  const headers = { "Content-Type": "application/json" };
  return fetch("/chat/messages", { method: "POST", headers, body, signal });
}

async function post(entry) {
  // A file that waited when its page was closed is lost with it.
  if (isFile(entry) && !picked.has(entry.id)) return { refused: true };
  let response;
  try {
    response = await sent(entry);
    if (response.ok) return { reply: (await response.json()).reply };
  } catch {
    return { again: 0 };
  }
  if (response.status === 429 || response.status >= 500) {
    const again = Number(response.headers.get("Retry-After")) || 0;
    return { again, hurried: response.status === 429 };
  }
  return { refused: true, tooLarge: response.status === 413 };
}

async function pump() {
  if (sending) return;
  sending = true;
  clearTimeout(retry);
  try {
    for (let entry; (entry = Transcript.waiting(Transcript.load()));) {
      const outcome = await post(entry);
      if (outcome.again !== undefined) {
        lose(outcome);
        break;
      }
      reached();
      settle(entry, outcome);
    }
  } finally {
    sending = false;
  }
  drawAndFollow();
}

function lose({ again, hurried: tooFast = false }) {
  const pause = Math.max(again, Math.min(30, 2 ** failures));
  failures += 1;
  unreachable = true;
  hurried = tooFast;
  retry = setTimeout(pump, pause * 1000);
  showTrouble();
}

function settle(entry, { reply, refused, tooLarge }) {
  if (refused) {
    const why = tooLarge ? words.large : words.refused;
    Transcript.refused(entry.id, why);
    announce(why);
  } else {
    Transcript.answered(entry.id, reply);
    if (reply) announce(reply.text);
    if (reply && reply.forget) {
      clearField();
      Alerts.drop();
      // The browser has another cookie now: what comes from here on is for whoever has that.
      hush();
      listen();
    }
  }
  const known = Transcript.load().language;
  if (known && known !== language && !Transcript.waiting(Transcript.load())) speak(known);
  const edited = reply && reply.edit && entry.of;
  // Of a message taller than the screen the end is out of sight, and still nothing is below it.
  const last = list.lastElementChild;
  const always = Boolean(entry.of && last && last.dataset.key === String(entry.of));
  if (edited) draw();
  else drawAndFollow({ always, isNews: Boolean(reply) });
}

function say(kind, value, how) {
  Transcript.say(kind, value, how);
  drawAndFollow({ always: !how || !how.of });
  pump();
}

function press({ dataset: { press: data, label } }, of) {
  const log = Transcript.load();
  if (log.entries.some((each) => each.of === of && each.state === "waiting")) return;
  say("press", data, { label, of });
}

let turningOn = false;

async function turnAlertsOn(id) {
  if (turningOn) return;
  turningOn = true;
  const isOn = await Alerts.turnOn();
  turningOn = false;
  Transcript.change((log) => {
    for (const entry of log.entries) if (entry.id === id) entry.alerts = isOn ? "on" : "failed";
  });
  announce(isOn ? words.alerted : words.unalerted);
  drawAndFollow();
}

// Listening: an open page hears at once, a page that comes back is told what it missed.

let source = null;
let reconnect = 0;
let deafSoon = 0;

function listen() {
  clearTimeout(reconnect);
  if (source || document.hidden) return;
  source = new EventSource(`/chat/stream?after=${Transcript.load().place}`);
  source.onopen = () => {
    clearTimeout(deafSoon);
    deafSoon = 0;
    deaf = false;
    reached();
    drawAndFollow();
    pump();
  };
  source.onmessage = (event) => {
    const notice = JSON.parse(event.data);
    const isNews = Transcript.delivered(notice, Number(event.lastEventId));
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
  if (document.hidden) {
    hush();
    return;
  }
  failures = 0;
  listen();
  pump();
}

function goOffline() {
  unreachable = true;
  hush();
  reconnect = setTimeout(listen, 5000);
  showTrouble();
  drawAndFollow();
}

// The field

function keepDraft(text) {
  try {
    localStorage.setItem(DRAFT, text);
  } catch {
    // A private window keeps the draft in the field only.
  }
}

function fit() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight, 148)}px`;
  $("form").classList.toggle("ready", field.value.trim() !== "");
}

function clearField() {
  field.value = "";
  keepDraft("");
  fit();
}

function submit() {
  const text = field.value.trim();
  if (!text) return;
  clearField();
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
$("clip").addEventListener("click", () => $("picture").click());
$("picture").addEventListener("change", pick);
list.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-press]");
  if (button) press(button, button.closest("article").dataset.key);
  const alerts = target.closest("[data-alerts]");
  if (alerts) turnAlertsOn(alerts.closest("article").dataset.key);
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
addEventListener("offline", goOffline);
addEventListener("pagehide", hush);
addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
document.addEventListener("visibilitychange", wake);
addEventListener("storage", (event) => {
  if (event.key !== Transcript.KEY && event.key !== null) return;
  const spoken = Transcript.load().language;
  if (isKnown(spoken) && spoken !== language) speak(spoken);
  drawAndFollow();
});

offerLanguages();
begin();
