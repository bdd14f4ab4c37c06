// Check-in at the door. The list is kept in this browser, so that whoever comes is found without a
// network; what was done waits under names of its own until the station has it. The station does
// nothing twice that it is told twice.
"use strict";
(() => {
  const door = document.getElementById("door");
  if (!door || door.dataset.nameless !== undefined) return;

  const at = (id) => document.getElementById(id);
  const { event: number, member, worker, reader } = door.dataset;
  const LIST = `desk-door:${number}:${member}`, TOLD = `desk-told:${number}:${member}`;
  const KEPT = "desk-door", EVERY = 30000, PATIENCE = 15000, AT_ONCE = 200, SHOWN = 150;
  const texts = JSON.parse(at("texts").textContent);
  const key = at("digits").elements.key.value;
  const text = (name, values = {}) =>
    texts[name].replace(/\{(\w+)\}/g, (whole, word) => values[word] ?? whole);

  // What is kept

  const load = (name, otherwise) => JSON.parse(localStorage.getItem(name) || "null") ?? otherwise;
  let { people, until } = load(LIST, { people: [], until: 0 });
  let told = load(TOLD, []);
  let sending = false, network = "";

  function save() {
    localStorage.setItem(LIST, JSON.stringify({ people, until }));
    if (told.length) localStorage.setItem(TOLD, JSON.stringify(told));
    else localStorage.removeItem(TOLD);
  }

  function forget() {
    people = [];
    until = 0;
    localStorage.removeItem(LIST);
    if (window.caches) caches.delete(KEPT);
  }

  // Whoever comes

  function queue(what) {
    told.push({ id: crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`, ...what });
    save();
    show();
    send();
  }

  function checkIn(person) {
    if (person.here) return say(text("before", { name: person.name }));
    person.here = true;
    queue({ claim: person.claim });
    const along = people.filter((each) => each.with === person.claim && !each.here);
    const acts = [[text("undo"), () => undo(person)]];
    if (along.length) acts.unshift([text("allHere"), () => along.forEach(checkIn)]);
    const lines = [text("here", { name: person.name }), person.seat];
    if (along.length) lines.push(text("along", { name: along.map((each) => each.name).join(", ") }));
    say(lines.filter(Boolean).join("\n"), acts);
  }

  function undo(person) {
    person.here = false;
    // What is being sent may have been done already: it is undone as well.
    const waits = told.findIndex((each) => each.claim === person.claim && !each.undo && !each.sent);
    say(text("undone"));
    if (waits < 0) return queue({ claim: person.claim, undo: true });
    told.splice(waits, 1);
    save();
    show();
  }

  // The code that people show is an address that ends in c12-345678; the six digits are the same.
  function take(words) {
    const scanned = /(?:^|\/)c(\d{1,9})-(\d{6})$/.exec(words.trim());
    if (scanned && scanned[1] !== number) return say(text("otherEvent"));
    const digits = scanned ? scanned[2] : words.replace(/[\s-]/g, "");
    if (!/^\d{6}$/.test(digits)) return say(text("noCode"));
    const person = people.find((each) => each.code === digits);
    if (person) return checkIn(person);
    say(text("unknown"));
    queue({ code: digits });
  }

  // What is shown

  function say(said, acts = []) {
    at("last").textContent = said;
    at("after").replaceChildren(...acts.map(([label, act]) => button(label, act)));
    if (navigator.vibrate) navigator.vibrate(40);
  }

  function button(label, act, name = "") {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    if (name) made.setAttribute("aria-label", `${label}: ${name}`);
    made.addEventListener("click", act);
    return made;
  }

  function show() {
    const came = people.filter((each) => each.here).length;
    at("counts").textContent = people.length ? text("counts", { came, seated: people.length }) : "";
    at("sending").textContent = told.length ? text("unsent", { n: told.length }) : text("allSent");
    at("sending").className = told.length ? "tag care" : "tag good";
    at("network").textContent = network;
    const words = at("f-name").value.trim().toLowerCase(), absent = at("f-absent").checked;
    const found = people.filter((each) =>
      each.name.toLowerCase().includes(words) && !(absent && each.here));
    at("finding").hidden = at("only-absent").hidden = !people.length;
    at("people").replaceChildren(...found.slice(0, SHOWN).map(row));
    if (people.length && !found.length && words) at("people").append(note(text("nobody")));
  }

  function row(person) {
    const made = document.createElement("li"), about = document.createElement("div");
    const name = document.createElement("strong"), seat = document.createElement("p");
    name.textContent = person.name;
    seat.className = "hint";
    seat.textContent = person.seat;
    about.append(name, seat);
    made.append(about, person.here
      ? button(text("undo"), () => undo(person), person.name)
      : button(text("checkIn"), () => checkIn(person), person.name));
    return made;
  }

  function note(said) {
    const made = document.createElement("li");
    made.textContent = said;
    return made;
  }

  // Telling the station

  async function send() {
    if (sending) return;
    if (!navigator.onLine) {
      network = text("offline");
      return show();
    }
    sending = true;
    const now = told.slice(0, AT_ONCE);
    for (const each of now) each.sent = true;
    save();
    try {
      await tell(now);
    } catch {
      network = text("offline");
    }
    sending = false;
    if (until && until * 1000 < Date.now()) forget();
    show();
    if (network === text("online") && told.some((each) => !each.sent)) send();
  }

  async function tell(now) {
    const form = new FormData();
    form.set("key", key);
    form.set("told", JSON.stringify(now.map(({ sent, ...each }) => each)));
    const answer = await fetch(location.pathname, {
      method: "POST", body: form, signal: AbortSignal.timeout(PATIENCE),
    });
    // 404: whoever organizes elsewhere alone is told no more of an event than that it isn't theirs.
    if ([401, 403, 404].includes(answer.status)) {
      forget();
      network = answer.status === 401 ? text("signedOut") : text("refused", { n: told.length });
      return;
    }
    if (!answer.ok) throw new Error(answer.status);
    const { done, people: found, until: last } = await answer.json();
    told = told.filter((each) => !(each.id in done));
    people = found;
    until = last;
    // What was done meanwhile is not in the answer yet.
    for (const each of told) {
      const person = people.find((one) => one.claim === each.claim);
      if (person) person.here = !each.undo;
    }
    network = text("online");
    save();
    for (const each of now) {
      if (!done[each.id].ok || each.code) say(done[each.id].said);
    }
  }

  // The camera

  const look = at("look"), camera = at("camera");
  let watching = null, seen = "", seenAt = 0;

  async function open() {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: false, video: { facingMode: "environment", width: { ideal: 1280 } },
      });
      camera.srcObject = stream;
      await camera.play();
      const decode = await decoder();
      camera.hidden = false;
      look.textContent = text("stop");
      watching = setInterval(() => glance(decode), 200);
    } catch (problem) {
      close();
      say(text("noCamera", { name: problem.name }));
    }
  }

  function close() {
    clearInterval(watching);
    watching = null;
    if (camera.srcObject) for (const track of camera.srcObject.getTracks()) track.stop();
    camera.srcObject = null;
    camera.hidden = true;
    look.textContent = text("start");
  }

  let glancing = false;
  async function glance(decode) {
    if (glancing || !camera.videoWidth) return;
    glancing = true;
    const words = await decode().catch(() => "");
    glancing = false;
    if (!words || (words === seen && Date.now() - seenAt < 3000)) return;
    [seen, seenAt] = [words, Date.now()];
    take(words);
  }

  // The browser's own reader where it has one, which is quicker.
  async function decoder() {
    const formats = "BarcodeDetector" in window ? await BarcodeDetector.getSupportedFormats() : [];
    if (formats.includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async () => (await detector.detect(camera))[0]?.rawValue ?? "";
    }
    if (!window.jsQR) await script(reader);
    const canvas = document.createElement("canvas");
    const picture = canvas.getContext("2d", { willReadFrequently: true });
    return async () => {
      const small = Math.min(1, 800 / camera.videoWidth);
      canvas.width = Math.round(camera.videoWidth * small);
      canvas.height = Math.round(camera.videoHeight * small);
      picture.drawImage(camera, 0, 0, canvas.width, canvas.height);
      const { data, width, height } = picture.getImageData(0, 0, canvas.width, canvas.height);
      return jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data ?? "";
    };
  }

  function script(address) {
    return new Promise((resolve, reject) => {
      const made = document.createElement("script");
      made.src = address;
      made.addEventListener("load", resolve);
      made.addEventListener("error", () => reject(new Error("reader")));
      document.head.append(made);
    });
  }

  // Without a network

  async function keep() {
    await navigator.serviceWorker.register(worker, { scope: location.pathname });
    const loaded = [...document.querySelectorAll("script[src], link[href]")];
    const addresses = loaded.map((each) => each.src || each.href);
    await (await caches.open(KEPT)).addAll([location.pathname, reader, ...addresses]);
    door.dataset.kept = "";
    at("ready").textContent = text("ready");
  }

  // A list whose time is over, or somebody else's, is not shown.
  if (until * 1000 < Date.now()) forget();
  if (window.isSecureContext) {
    look.hidden = false;
    look.addEventListener("click", () => (watching ? close() : open()));
    keep().catch(() => {});
  } else {
    say(text("insecure"));
  }
  at("digits").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = event.target.elements.code;
    take(field.value);
    field.value = "";
    field.focus();
  });
  at("f-name").addEventListener("input", show);
  at("f-absent").addEventListener("change", show);
  window.addEventListener("online", send);
  window.addEventListener("offline", send);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });
  setInterval(() => { if (!document.hidden || told.length) send(); }, EVERY);
  // What was on its way when the page was closed is told again.
  for (const each of told) each.sent = false;
  show();
  send();
})();
