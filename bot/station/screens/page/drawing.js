// Draws the documents of a screen. Nothing here knows where they come from.
"use strict";

const { lang } = document.documentElement;
const words = WORDS[lang] || Object.values(WORDS)[0];
const counting = new Intl.PluralRules(lang);

// A text of a document: the same for all, or one of several by their languages.
const inWords = (said) => (typeof said === "object" ? said[lang] || Object.values(said)[0] : said);

// What counts is said in the form that the language has for the number.
function say(name, values = {}) {
  const said = words[name];
  const form = typeof said === "object" ? said[counting.select(Number(values.n))] || said.other : said;
  return form.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
}

// An element with its attributes and what is in it; texts are never read as markup.
function make(tag, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "click") made.addEventListener("click", value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== "") made.setAttribute(name, value);
  }
  made.append(...inside.filter((each) => each !== null && each !== ""));
  return made;
}

// Puts a part in the place of another, unless it is as it was: a reader's place and focus stay.
function put(id, ...inside) {
  const place = document.getElementById(id);
  const made = make("div", {}, ...inside);
  if (place.dataset.drawn === made.innerHTML) return;
  place.dataset.drawn = made.innerHTML;
  const focused = place.contains(document.activeElement) && document.activeElement.dataset.key;
  place.replaceChildren(...made.childNodes);
  if (focused) place.querySelector(`[data-key="${focused}"]`)?.focus();
}

function drawOn(programme) {
  const on = programme.items.find((each) => each.is === "on");
  const next = programme.items.find((each) => each.is === "to come");
  if (!on && programme.over) return put("on", make("p", {}, say("over")));
  if (!on && !next) return put("on");
  const now = on ? [make("h2", {}, say("now")), make("strong", {}, on.title), on.who]
    : [make("p", {}, programme.starts ? say("begins", { when: inWords(programme.starts) }) : say("soon"))];
  const then = next ? make("p", { class: "muted" }, `${say("next")} · ${next.at} ${next.title}`) : null;
  put("on", ...now, then);
}

// Beside the places of a round the wall has room for what is on and what comes next.
function drawProgramme(programme, isWall, isBesidePlaces) {
  let items = programme.items;
  if (isWall) {
    const at = Math.max(0, items.findIndex((each) => each.is !== "over"));
    items = items.slice(Math.max(0, at - 1), at + (isBesidePlaces ? 2 : 7));
  }
  if (!items.length) return put("programme");
  const rows = items.map((each) =>
    make("li", { class: each.is.replace(" ", "-"), "aria-current": each.is === "on" },
      make("time", {}, each.at), make("span", {}, each.who ? `${each.title} · ${each.who}` : each.title)));
  put("programme", make("h2", {}, say("programme")), make("ol", {}, ...rows));
}

function drawStage(stage) {
  if (!stage) return put("stage");
  const on = stage.now ? [make("p", { class: "muted" }, say("on_stage")), make("strong", {}, inWords(stage.now))] : [];
  const next = stage.next.map((each) => make("p", { class: "muted" }, `${say("next")} · ${inWords(each)}`));
  const rows = stage.places.map((each) =>
    make("li", {}, make("span", {}, `${each.place} · ${inWords(each.who)}`), make("span", {}, each.score)));
  put("stage", make("h2", {}, `${inWords(stage.title)} · ${stage.round}`), ...on, ...next,
    rows.length ? make("ol", {}, ...rows) : null);
}

function drawStreams(streams) {
  if (!streams) return put("streams");
  if (!streams.links.length) return put("streams", make("p", { class: "muted" }, say("streams_at", { time: inWords(streams.at) })));
  const rows = streams.links.map((each) =>
    make("a", { href: each.url, rel: "noopener noreferrer", target: "_blank", "data-key": each.url }, each.name));
  put("streams", make("h2", {}, say("streams")), make("p", { class: "ways" }, ...rows));
}

// Nobody scrolls for the question that runs, so a quiz begins with it; the wall shows that one, and
// at the end who was right.
function drawPoll(poll, answers, code, choose) {
  if (!poll) return put("poll");
  const parts = [make("h2", {}, `${say(poll.quiz ? "quiz" : "poll")} · ${poll.title}`)];
  if (poll.places.length) {
    const rows = poll.places.map((each) => {
      const who = [each.name, each.code].filter(Boolean).join(" ");
      return make("li", {}, `${each.place} · ${who} · ${say("points", { n: each.points })}`);
    });
    parts.push(make("h2", {}, say("places")), make("ol", {}, ...rows));
  }
  if (poll.quiz && code) parts.push(make("p", { class: "muted" }, say("you", { code })));
  const newest = poll.quiz ? [...poll.questions].reverse() : poll.questions;
  const isOnWall = !choose && poll.quiz;
  const asked = isOnWall ? newest.slice(0, poll.places.length ? 0 : 1) : newest;
  for (const question of asked) parts.push(drawQuestion(poll, question, answers, choose));
  put("poll", ...parts);
}

function drawQuestion(poll, question, answers, choose) {
  const mine = answers[question.id];
  const isFixed = !question.open || !choose || (poll.final && mine !== undefined);
  const rows = question.choices.map((each) => {
    const share = each.votes === undefined || !question.votes ? null : Math.round((100 * each.votes) / question.votes);
    const marks = [each.right ? `✓ ${say("right")}` : "", mine === each.id ? say("yours") : ""].filter(Boolean);
    return make("button",
      { type: "button", class: each.right ? "choice right" : "choice", "aria-pressed": String(mine === each.id),
        disabled: isFixed, "data-key": `choice-${each.id}`, click: () => choose(each.id) },
      make("span", {}, [each.text, ...marks].join(" · ")),
      share === null ? null : make("span", {}, `${share}%`),
      share === null ? null : make("progress", { max: 100, value: String(share), "aria-hidden": "true" }));
  });
  const told = [say("votes", { n: question.votes }), question.open ? "" : say("closed"),
    question.open && poll.final ? say("final") : ""].filter(Boolean).join(" · ");
  return make("fieldset", {}, make("legend", {}, question.text), ...rows, make("p", { class: "muted" }, told));
}

function drawDraw(draw, isWall) {
  if (!draw) return put("draw");
  const facts = ["commitment", "list_hash", "number", "secret"].filter((each) => draw[each]).map((each) =>
    make("p", {}, `${say(each)} `, make("code", {}, each === "number" ? `${draw.number_name || ""} ${draw.number}` : draw[each])));
  const drawn = draw.drawn
    ? [make("h2", {}, say("drawn", { n: draw.won })), make("p", { class: "drawn" }, ...draw.drawn.map((each) => make("code", {}, each)))]
    : [];
  put("draw", make("h2", {}, `${say("draw")} · ${inWords(draw.title)}`),
    draw.entries ? make("p", {}, say("entries", { n: draw.entries })) : null,
    ...drawn, ...facts, isWall ? null : make("p", {}, make("a", { href: draw.page }, say("check"))));
}

function drawQuestions(questions, backed, back) {
  if (!questions.length) return put("questions");
  const rows = questions.map((each) =>
    make("li", {}, make("span", {}, each.backed ? `${each.words} (+${each.backed})` : each.words),
      back && !backed.includes(each.id)
        ? make("button", { type: "button", title: say("back"), "aria-label": `${say("back")}: ${each.words}`,
          "data-key": `back-${each.id}`, click: () => back(each.id) }, "+1")
        : null));
  put("questions", make("h2", {}, say("questions")), make("ul", {}, ...rows));
}
