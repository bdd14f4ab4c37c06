// Looks at the documents of a screen again and again, and sends what its reader answers or writes.
"use strict";

const place = `/screen/${document.body.dataset.token}`;
const isWall = new URLSearchParams(location.search).has("wall");
const flow = new Flow(isWall);
const OWN = `screen:${document.body.dataset.token}`;
let own = { answers: {}, backed: [], code: "" };
let latest = null, isAsking = false, failures = 0;

try { own = { ...own, ...JSON.parse(localStorage.getItem(OWN) || "{}") }; } catch { /* It begins anew. */ }
function keep(more) {
  own = { ...own, ...more };
  try { localStorage.setItem(OWN, JSON.stringify(own)); } catch { /* Then this page alone knows. */ }
}
function tell(said) { document.getElementById("told").textContent = said; }

function draw() {
  const root = document.documentElement;
  root.className = `shows-${latest.shows}${isWall ? " wall" : ""}`;
  root.classList.toggle("voting", Boolean(latest.poll && latest.poll.open));
  const asked = latest.poll && !latest.poll.quiz ? latest.poll.questions : [];
  root.classList.toggle("many", asked.length > 1);
  root.style.setProperty("--columns", Math.min(3, asked.length));
  document.getElementById("note").textContent = latest.note;
  drawOn(latest.programme);
  drawStage(latest.stage);
  drawStreams(isWall ? null : latest.streams);
  drawPoll(latest.poll, isWall ? {} : own.answers, isWall ? "" : own.code, isWall ? null : choose);
  drawDraw(latest.draw, isWall);
  drawQuestions(latest.questions, own.backed, isWall ? null : back);
  drawProgramme(latest.programme, isWall, Boolean(latest.stage && latest.stage.places.length));
  if (isWall) fit();
  const form = document.getElementById("write");
  form.hidden = isWall || !(latest.lines || latest.asks);
  document.getElementById("asks").hidden = !(latest.lines && latest.asks);
  if (!latest.lines) isAsking = latest.asks;
  label();
}

// Nobody scrolls a wall: where much stands on it, all of it is smaller, as far as it can be read.
function fit() {
  const main = document.getElementById("main");
  for (let size = 100; size >= 40; size -= 5) {
    main.style.fontSize = `${size}%`;
    if (main.scrollHeight <= main.clientHeight) return;
  }
}

function label() {
  document.querySelector("#write label").textContent = say(isAsking ? "ask" : "line");
  document.querySelector("#write .row button").textContent = say("send");
  document.querySelector("#asks button").textContent = say(isAsking ? "line" : "ask");
  document.getElementById("words").maxLength = isAsking ? 200 : 40;
}

// Reading

async function get(part) {
  // A cache in front answers from its copy, and 304 where nothing is new.
  const answer = await fetch(`${place}/${part}`, { cache: "no-cache" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function look() {
  try {
    latest = await get("now");
    draw();
    if (latest.lines) flow.take((await get("lines")).lines);
    if (failures) tell("");
    failures = 0;
  } catch {
    failures += 1;
    tell(say("offline"));
  }
  // Scattered, so that not all look in the same moment; after failures ever more seldom.
  const every = (latest ? latest.every : 3) * Math.min(10, 1 + failures) * (isWall ? 500 : 1000);
  const wait = document.hidden ? 5 * every : every * (0.9 + 0.2 * Math.random());
  setTimeout(look, wait);
}

// Sending

const REFUSALS = { off: "off", "not open": "closed_now", "no such answer": "closed_now",
  "answered before": "final", blocked: "blocked", empty: "empty", "too many": "many",
  "too soon": "soon_again" };

async function send(what, body) {
  try {
    const answer = await fetch(`${place}/${what}`, { method: "POST",
      headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    if (answer.status === 429) return { why: "too soon", seconds: answer.headers.get("Retry-After") || 1 };
    if (!answer.ok) throw new Error(String(answer.status));
    return await answer.json();
  } catch {
    return { why: "failed" };
  }
}

function refused(told) { tell(say(REFUSALS[told.why] || "failed", { n: told.seconds })); }

async function choose(id) {
  const told = await send("votes", { choices: [id] });
  if (told.answers) keep({ answers: { ...own.answers, ...told.answers }, code: told.code });
  if (told.why) refused(told); else tell(say("answered"));
  draw();
}

async function back(id) {
  const told = await send("backings", { question: id });
  if (told.why) return refused(told);
  keep({ backed: [...own.backed, id] });
  draw();
}

document.getElementById("write").addEventListener("submit", async (event) => {
  event.preventDefault();
  const field = document.getElementById("words");
  const said = field.value.trim();
  if (!said) return tell(say("empty"));
  const told = await send(isAsking ? "questions" : "lines", { words: said });
  if (told.why) return refused(told);
  field.value = "";
  // Nobody backs their own question.
  if (told.question) keep({ backed: [...own.backed, told.question] });
  tell(say(told.waits ? "waits" : "taken"));
});
document.querySelector("#asks button").addEventListener("click", () => { isAsking = !isAsking; label(); });

if (isWall && document.body.dataset.code) {
  const code = document.getElementById("code");
  code.hidden = false;
  code.append(make("img", { src: document.body.dataset.code, alt: "" }), make("span", {}, say("scan")));
}
document.getElementById("kept").textContent = isWall ? "" : say("kept");
look();
