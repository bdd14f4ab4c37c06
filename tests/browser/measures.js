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
  nameless() {
    return [...document.querySelectorAll("button, a, textarea, img:not([alt])")]
      .filter((node) => node.checkVisibility())
      .filter((node) => !(node.textContent.trim() || node.getAttribute("aria-label")
        || (node.labels && node.labels[0] && node.labels[0].textContent)))
      .map((node) => node.outerHTML);
  },
})
