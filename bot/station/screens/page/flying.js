// Lets lines fly over the wall, a few at a time; where motion is unwelcome they stand in a list.
"use strict";

const LANES = 2, AT_ONCE = 24, WAITING = 40, SECONDS = 9, IN_LIST = 8;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

class Flow {
  constructor(isWall) {
    this.isWall = isWall;
    this.seen = 0;
    this.waiting = [];
    this.listed = [];
    this.free = Array(LANES).fill(0);
  }

  // Takes the newest lines, the oldest first; those that were shown before are known by number.
  take(lines) {
    const fresh = lines.filter(([id]) => id > this.seen);
    for (const [id] of fresh) this.seen = Math.max(this.seen, id);
    this.listed = [...this.listed, ...fresh].slice(-IN_LIST);
    const there = new Set(lines.map(([id]) => id));
    // What was hidden meanwhile is in no document any more.
    const oldest = lines.length ? lines[0][0] : Infinity;
    this.listed = this.listed.filter(([id]) => id < oldest || there.has(id));
    if (this.isWall && !calm.matches) {
      this.waiting = [...this.waiting, ...fresh].slice(-WAITING);
      this.fly();
    } else {
      const rows = this.listed.map(([, said]) => make("li", {}, said));
      document.getElementById("said").hidden = !rows.length;
      put("said", make("h2", {}, say("lines")), make("ul", {}, ...rows));
    }
  }

  fly() {
    const flow = document.getElementById("flow");
    const now = performance.now();
    for (let lane = 0; lane < LANES && this.waiting.length; lane += 1) {
      if (this.free[lane] > now || flow.childElementCount >= AT_ONCE) continue;
      const [, said] = this.waiting.shift();
      const line = make("span", {}, said);
      flow.append(line);
      line.style.top = `${lane * 2.3}rem`;
      const way = flow.clientWidth + line.offsetWidth;
      this.free[lane] = now + (1000 * SECONDS * (line.offsetWidth + 40)) / way;
      line.animate([{ transform: "translateX(0)" }, { transform: `translateX(-${way}px)` }],
        { duration: 1000 * SECONDS, easing: "linear" }).finished.finally(() => line.remove());
    }
    clearTimeout(this.later);
    if (this.waiting.length) this.later = setTimeout(() => this.fly(), 150);
  }
}
