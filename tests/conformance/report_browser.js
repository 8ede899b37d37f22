// What test_report_browser.py asks the page.
const visible = (element) => element.checkVisibility({ visibilityProperty: true }) && !hidden(element);
// What is there for screen readers alone is clipped to one pixel.
const hidden = (element) => {
  for (let each = element; each; each = each.parentElement)
    if (getComputedStyle(each).clipPath !== "none") return true;
  return false;
};

const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
const rgba = (color) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const luminance = (color) => {
  const [r, g, b] = rgba(color).map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one, other) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};

// The first opaque color behind an element; in the picture, of the box or pin that it stands in.
const behind = (element) => {
  if (element.matches("svg text")) {
    const box = element.matches(".port") ? element.previousElementSibling : element.parentElement.querySelector("rect");
    return getComputedStyle(box).fill;
  }
  for (let each = element; each; each = each.parentElement) {
    const color = getComputedStyle(each).backgroundColor;
    if (rgba(color)[3] === 255) return color;
  }
  return "white";
};
const ink = (element) => getComputedStyle(element)[element.matches("svg text") ? "fill" : "color"];
const short = (element) => element.textContent.trim().slice(0, 40);

const controls = () =>
  [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")]
    .filter((e) => e.checkVisibility() && (e.type !== "radio" || e.checked));
const name = (element) => element.name || short(element);

globalThis.report = {
  tooWide: () => {
    const width = document.documentElement.clientWidth;
    const all = [...document.querySelectorAll("body *")].filter((e) => visible(e) && !e.closest(".scroll"));
    const wide = all.filter((e) => e.getBoundingClientRect().right > width + 0.5).map(short);
    return document.documentElement.scrollWidth > width ? ["the page", ...wide] : wide;
  },
  textContrasts: () => {
    const own = (e) => [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim());
    return [...document.querySelectorAll("body *")]
      .filter((e) => own(e) && visible(e) && !e.matches("style, title, desc"))
      .map((e) => ({ text: short(e), contrast: contrast(ink(e), behind(e)) }));
  },
  markContrasts: () => {
    const style = (e) => getComputedStyle(e);
    const paper = style(document.body).backgroundColor;
    const of = (selector, color, ground) =>
      [...document.querySelectorAll(selector)]
        .filter(visible)
        .map((e) => ({ mark: `${selector} ${short(e)}`, contrast: contrast(color(e), ground(e)) }));
    return [
      ...of("svg .edge, svg rect", (e) => style(e).stroke, () => paper),
      ...of("svg .tip", (e) => style(e).fill, () => paper),
      ...of(".bar > span", (e) => style(e).backgroundColor, (e) => style(e.parentElement).backgroundColor),
      ...of(".switch input:checked + label", (e) => style(e).backgroundColor, () => paper),
    ];
  },
  luminance: () => luminance(getComputedStyle(document.body).backgroundColor),
  controls: () => controls().map(name),
  focused: () => {
    const element = document.activeElement;
    const ringed = element.type === "radio" ? element.nextElementSibling : element;
    const style = getComputedStyle(ringed);
    const box = ringed.getBoundingClientRect();
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return {
      name: name(element),
      ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
      visible: inside && visible(ringed),
    };
  },
  pictures: () => [...document.querySelectorAll("svg")].filter(visible).map((e) => e.querySelector("title").textContent),
  shown: (selector) => document.querySelector(selector).innerText,
  // The names of environments as they are seen: as text, or in front of a cell.
  columns: (selector) => {
    const all = [...document.querySelectorAll(`${selector} *`)].filter(visible);
    const before = (e) => getComputedStyle(e, "::before").content.replaceAll('"', "");
    return [...all.map((e) => e.innerText ?? ""), ...all.map(before)];
  },
  collisions: () => {
    const box = (e) => e.getBoundingClientRect();
    const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const outside = (a, b) => a.left < b.left || a.right > b.right || a.top < b.top || a.bottom > b.bottom;
    const found = [];
    for (const svg of [...document.querySelectorAll("svg")].filter(visible)) {
      const texts = [...svg.querySelectorAll("text")];
      texts.forEach((text, n) => {
        const frame = text.matches(".port") ? text.previousElementSibling : text.parentElement.querySelector("rect");
        if (outside(box(text), box(frame))) found.push(`${short(text)} leaves its box`);
        for (const other of texts.slice(n + 1))
          if (overlap(box(text), box(other))) found.push(`${short(text)} lies over ${short(other)}`);
      });
    }
    return found;
  },
};
