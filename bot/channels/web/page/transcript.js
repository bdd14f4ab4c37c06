"use strict";
// What was said, on this device only: the station keeps no words, so the page's own storage is the
// one place where a conversation can be read again. Every tab reads and writes the same transcript;
// every change reads it afresh, so that two tabs do not undo each other.

const Transcript = (() => {
  const KEY = "yizhan.chat";
  const KEPT = 200;
  const EMPTY = { entries: [], names: [], place: 0, turn: 0, list: "", begun: false, language: "" };

  // Private windows may refuse storage; then the transcript lives as long as the tab.
  let memory = null;

  function load() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) || "null");
      if (kept && Array.isArray(kept.entries)) return { ...EMPTY, ...kept };
    } catch {
      // Unreadable or refused: begin anew rather than not at all.
    }
    return memory || { ...EMPTY, entries: [], names: [] };
  }

  function change(how) {
    const log = load();
    how(log);
    if (log.entries.length > KEPT) {
      const old = log.entries.length - KEPT;
      log.entries = log.entries.filter((entry, index) => index >= old || entry.state === "waiting");
    }
    try {
      localStorage.setItem(KEY, JSON.stringify(log));
      memory = null;
    } catch {
      memory = log;
    }
    return log;
  }

  // A name of the page's own for each message, so that one sent twice is answered once.
  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function find(log, id) {
    return log.entries.findIndex((entry) => entry.id === id);
  }

  // kind: text, press or link. `of` is the message whose button it is; a quiet one shows no bubble.
  function say(kind, value, { label = "", of = "", quiet = false } = {}) {
    const id = newId();
    change((log) => {
      log.begun = true;
      log.entries.push({
        id, mine: true, kind, value, label: label || value, of, quiet,
        at: Date.now(), state: "waiting",
      });
    });
    return id;
  }

  function waiting(log) {
    return log.entries.find((entry) => entry.state === "waiting");
  }

  function answered(id, reply) {
    change((log) => {
      const at = find(log, id);
      if (at < 0 || log.entries[at].state !== "waiting") return;
      const asked = log.entries[at];
      asked.state = "sent";
      if (asked.quiet) log.entries.splice(at, 1);
      if (reply) take(log, asked, reply);
    });
  }

  function take(log, asked, reply) {
    const of = asked.of ? find(log, asked.of) : -1;
    const entry = shown(`r-${asked.id}`, reply);
    log.turn += 1;
    entry.turn = log.turn;
    if (isKnown(reply.language)) log.language = reply.language;
    if (reply.forget) {
      log.entries = log.entries.filter((each) => each.state === "waiting");
      log.list = "";
    } else if (reply.edit && of >= 0) {
      entry.id = log.entries[of].id;
      entry.at = log.entries[of].at;
      entry.edited = Date.now();
      log.entries[of] = entry;
      log.entries = log.entries.filter((each) => each.id !== asked.id);
      if (isList(entry)) log.list = entry.id;
      return;
    } else if (of >= 0 && log.entries[of].notice) {
      log.entries[of].used = true;
    }
    log.entries.push(entry);
    if (isList(entry)) log.list = entry.id;
  }

  function refused(id, why) {
    change((log) => {
      const at = find(log, id);
      if (at < 0) return;
      log.entries[at].state = "refused";
      log.entries[at].why = why;
      if (log.entries[at].quiet) log.entries.splice(at, 1);
    });
  }

  // A message nobody asked for. It has a name, for another tab may have taken it, and the place from
  // which the page goes on, which stays where it is between several that were finished together.
  function delivered(message, place) {
    let isNew = false;
    change((log) => {
      log.place = Math.max(log.place, place);
      if (log.names.includes(message.name)) return;
      log.names = [...log.names, message.name].slice(-KEPT);
      log.entries.push({ ...shown(`n-${message.name}`, message), notice: true });
      isNew = true;
    });
    return isNew;
  }

  function shown(id, message) {
    const { text, choices, buttons, file, picture, language, passing } = message;
    const alerts = message.alerts ? "offered" : "";
    return {
      id, text, choices, buttons, file, picture, language, passing, alerts, at: Date.now(), turn: 0,
    };
  }

  // Words such as "tomorrow" hold on the day of the message; the date beside them holds on.
  function asRead(entry) {
    const day = (at) => new Date(at).toDateString();
    const said = entry.edited || entry.at;
    if (!entry.passing || !entry.passing.length || day(said) === day(Date.now())) return entry;
    const lasting = (text) => entry.passing.reduce((all, [one, other]) => all.replaceAll(one, other), text);
    const choices = entry.choices.map((choice) => ({ ...choice, label: lasting(choice.label) }));
    return { ...entry, text: lasting(entry.text), choices };
  }

  function isList(entry) {
    return entry.choices.some((choice) => choice.in_text);
  }

  // A notice keeps its buttons until one is pressed; of all other messages only the newest answer
  // has any: what was decided cannot be pressed again by mistake.
  function isLive(log, entry) {
    if (entry.mine || entry.used) return false;
    return Boolean(entry.notice) || entry.turn === log.turn;
  }

  // The last list can be picked from for longer: people look at one thing, then at the next.
  function isOpen(log, entry) {
    return isLive(log, entry) || entry.id === log.list;
  }

  return { KEY, load, change, say, waiting, answered, refused, delivered, asRead, isLive, isOpen };
})();
