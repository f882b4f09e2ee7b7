// Small helpers to make elements, to speak to screen readers and to show a short note.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [kind, act] of Object.entries(value)) element.addEventListener(kind, act);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const button = (words, act, attributes = {}) =>
  make("button", { type: "button", on: { click: act }, ...attributes }, words);

/** Tell a screen reader, without moving anything. */
export function announce(words) {
  const place = document.getElementById("said");
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = words; });
}

let fading = 0;
export function toast(words) {
  const place = document.getElementById("toast");
  place.textContent = words;
  place.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => { place.hidden = true; }, Math.max(4000, words.length * 90));
}

export const attempt = async (act) => {
  try { return await act(); } catch (error) { toast(error.message); return null; }
};
