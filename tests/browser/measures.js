// Measures of a page that a person would notice: run inside it by the stories.
({
  contrast() {
    const parse = (color) => (color.match(/[\d.]+/g) || []).map(Number);
    const light = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map((part) => {
        const c = part / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const ground = (node) => {
      for (let at = node; at; at = at.parentElement) {
        const color = parse(getComputedStyle(at).backgroundColor);
        if (color.length === 3 || color[3] === 1) return color;
      }
      return [255, 255, 255];
    };
    const poor = [];
    let seen = 0;
    const check = (node, style, text) => {
      const [a, b] = [light(parse(style.color)), light(ground(node))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      seen += 1;
      if (ratio < 4.5) poor.push(`${text}: ${ratio.toFixed(2)}`);
    };
    for (const node of document.body.querySelectorAll("*")) {
      const own = [...node.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join("");
      if (own.trim() && node.checkVisibility() && !node.closest(".hidden, noscript")) {
        check(node, getComputedStyle(node), own.trim());
      }
      if (node.placeholder) check(node, getComputedStyle(node, "::placeholder"), node.placeholder);
    }
    return { poor, seen };
  },
  small() {
    const found = [...document.querySelectorAll("button, textarea, a.pill, a.file")];
    return found.filter((node) => node.checkVisibility()).map((node) => {
      const { width, height } = node.getBoundingClientRect();
      return [node.textContent || node.id, Math.round(width), Math.round(height)];
    }).filter(([, width, height]) => width < 44 || height < 44);
  },
  tooWide() {
    return [...document.querySelectorAll("body, body *:not(.hidden, .hidden *)")]
      .filter((node) => node.getBoundingClientRect().right > innerWidth + 0.5)
      .map((node) => node.className || node.tagName);
  },
  width() {
    return document.scrollingElement.scrollWidth;
  },
  size() {
    const loaded = performance.getEntriesByType("resource").filter((each) => each.initiatorType !== "img");
    return [...performance.getEntriesByType("navigation"), ...loaded]
      .reduce((sum, each) => sum + each.decodedBodySize, 0);
  },
  // Marks what can be acted on and listens where the keyboard goes; how many presses of Tab that takes.
  watchTab() {
    const acts = "a[href], button, input, select, textarea, summary, [role=button]";
    const found = [...document.querySelectorAll(acts)].filter((node) => !node.disabled
      && node.type !== "hidden" && node.checkVisibility({ visibilityProperty: true }));
    window.unreached = new Set(found);
    const reached = (node) => {
      window.unreached.delete(node);
      // The keyboard goes to one of radio buttons that belong together, and by arrows to the others.
      if (node.type === "radio") for (const each of document.getElementsByName(node.name)) window.unreached.delete(each);
    };
    document.addEventListener("focusin", (event) => reached(event.target));
    const parts = { date: 4, "datetime-local": 8, time: 4 };
    return found.reduce((sum, node) => sum + (parts[node.type] || 1), 2);
  },
  missed() {
    return [...window.unreached].map((node) => node.outerHTML.slice(0, 200));
  },
  nameless() {
    return [...document.querySelectorAll("button, a, textarea, img:not([alt])")]
      .filter((node) => node.checkVisibility())
      .filter((node) => !(node.textContent.trim() || node.getAttribute("aria-label")
        || (node.labels && node.labels[0] && node.labels[0].textContent)))
      .map((node) => node.outerHTML);
  },
})
