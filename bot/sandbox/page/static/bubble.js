// One message as a bubble; an edit changes it in place and leaves the keyboard focus where it was.

import { button, make } from "./dom.js";
import { rendered } from "./markup.js";
import { language, say } from "./words.js";

let timeZone;

/** Let the phones' clocks show the neighbourhood's time, as the bot's messages do. */
export function setTimeZone(name) { timeZone = name || undefined; }

const time = (seconds) => new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : "en-GB",
  { hour: "2-digit", minute: "2-digit", timeZone }).format(new Date(seconds * 1000));

/** `acts`: command(text), link(url), tap(message, button, element), look(photo, name). */
export function bubble(message, acts) {
  const item = make("li", { class: message.mine ? "bubble mine" : "bubble", id: idOf(message) });
  fill(item, message, acts);
  return item;
}

export const idOf = (message) => `m${message.chat_id}-${message.message_id}`;

export function refill(item, message, acts) {
  const place = focusPlace(item);
  item.replaceChildren();
  fill(item, message, acts);
  if (place !== null) restoreFocus(item, place);
}

function focusPlace(item) {
  const held = document.activeElement;
  if (!item.contains(held)) return null;
  return { index: [...item.querySelectorAll(".keys button")].indexOf(held), label: held.textContent };
}

/** The button with the same words, else the one at the same place, else the bubble itself. */
function restoreFocus(item, { index, label }) {
  const keys = [...item.querySelectorAll(".keys button")];
  const next = keys.find((key) => key.textContent === label) || keys[Math.min(Math.max(index, 0), keys.length - 1)];
  if (!next) item.tabIndex = -1;
  (next || item).focus({ preventScroll: true });
}

function fill(item, message, acts) {
  const name = message.from.first_name || message.from.title || "";
  const body = make("div", { class: "body" });
  body.append(make("span", { class: message.chat_id < 0 && !message.mine ? "name" : "hidden" }, name));
  body.append(...attached(message, name, acts));
  if (message.html) body.append(make("div", { class: "text", dir: "auto" }, rendered(message.html, acts)));
  body.append(foot(message));
  item.append(body);
  if (message.buttons?.length) item.append(keys(message, acts));
}

function attached(message, name, acts) {
  const found = [];
  if (message.photo) found.push(photo(message, name, acts));
  if (message.document) found.push(file(message.document));
  if (message.location) {
    const { latitude, longitude } = message.location;
    found.push(make("p", { class: "file" }, `📍 ${latitude.toFixed(5)}, ${longitude.toFixed(5)}`));
  }
  if (message.contact) found.push(make("p", { class: "file" }, `☎ ${message.contact.phone_number}`));
  return found;
}

function photo(message, name, acts) {
  const title = say("picture_from", { name });
  const { address, width, height } = message.photo;
  const image = make("img", { src: address, alt: title, width, height, loading: "lazy" });
  return button(image, () => acts.look(message.photo, title), { class: "picture" });
}

function file({ address, file_name, file_size }) {
  const size = file_size > 1e6 ? `${(file_size / 1e6).toFixed(1)} MB` : `${Math.ceil(file_size / 1000)} kB`;
  const label = say("document", { name: file_name });
  return make("a", { class: "file", href: address, download: file_name, "aria-label": label },
    make("span", { "aria-hidden": "true" }, "📄 "), file_name, make("small", {}, ` ${size}`));
}

function foot(message) {
  const marks = [message.edited && say("edited"), message.silent && !message.mine && "🔕"].filter(Boolean);
  const quiet = message.silent && !message.mine ? say("silent") : null;
  return make("small", { class: "foot", title: quiet },
    `${marks.join(" ")} `, make("time", { datetime: new Date(message.date * 1000).toISOString() }, time(message.date)));
}

function keys(message, acts) {
  const rows = message.buttons.map((row) => make("div", { class: "row" }, ...row.map((one) => {
    const key = button(one.text, () => acts.tap(message, one, key));
    if (one.url) key.classList.add("leads");
    return key;
  })));
  return make("div", { class: "keys" }, ...rows);
}
