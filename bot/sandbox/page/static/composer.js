// The line at the bottom of a phone: commands, attachments, typing, sending.

import { api } from "./api.js";
import { place as askPlace } from "./dialogs.js";
import { attempt, button, make } from "./dom.js";
import { say } from "./words.js";

/** `phone` gives person, chatId, live and send(text). */
export function composer(phone) {
  const words = make("textarea", { rows: 1, "aria-label": say("write"), placeholder: say("write"), maxlength: 4096 });
  const send = () => {
    if (!words.value.trim()) return;
    phone.send(words.value);
    words.value = "";
    grow(words);
  };
  words.addEventListener("input", () => grow(words));
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
  });
  const form = make("form", { class: "composer" },
    menu("/", say("commands"), commandItems(phone)),
    menu("＋", say("attach"), attachItems(phone)),
    words,
    make("button", { class: "send", "aria-label": say("send"), title: say("send") }, "➤"));
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  return form;
}

function grow(words) {
  words.style.height = "auto";
  words.style.height = `${Math.min(words.scrollHeight, 160)}px`;
}

/** A button that opens a list above it; Escape and a tap elsewhere close it. */
export function menu(face, label, items, attributes = {}) {
  const list = make("div", { class: "menu", popover: "auto", "aria-label": label });
  const opener = button(face, () => {}, { "aria-label": label, title: label, class: "plain", ...attributes });
  opener.popoverTargetElement = list;
  list.addEventListener("beforetoggle", (event) => {
    if (event.newState !== "open") return;
    list.replaceChildren(...items(() => list.hidePopover()));
    const edge = opener.getBoundingClientRect();
    const below = edge.top < window.innerHeight / 2;
    list.style.left = `${Math.min(Math.max(4, edge.left), Math.max(4, window.innerWidth - 18 * rem()))}px`;
    list.style.top = below ? `${edge.bottom + 4}px` : "auto";
    list.style.bottom = below ? "auto" : `${window.innerHeight - edge.top + 4}px`;
    list.style.maxHeight = `${(below ? window.innerHeight - edge.bottom : edge.top) - 16}px`;
  });
  list.addEventListener("toggle", (event) => {
    if (event.newState === "open") list.querySelector("button")?.focus();
  });
  list.addEventListener("keydown", (event) => roam(list, event));
  return make("span", { class: "opener" }, opener, list);
}

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

function roam(list, event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const all = [...list.querySelectorAll("button")];
  all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus();
}

const commandItems = (phone) => (close) => {
  const commands = phone.live.commands(phone.person);
  if (!commands.length) return [make("p", { class: "quiet" }, say("no_commands"))];
  return commands.map((one) => button(
    make("span", {}, make("b", {}, `/${one.command}`), " ", one.description),
    () => { close(); phone.send(`/${one.command}`); }));
};

const attachItems = (phone) => (close) => [
  button(`🖼 ${say("photo")}`, () => { close(); choosePhoto(phone); }),
  button(`🎨 ${say("sample_photo")}`, () => { close(); samplePhoto(phone); }),
  button(`📍 ${say("place")}`, () => { close(); sendPlace(phone); }),
];

function choosePhoto(phone) {
  const input = make("input", { type: "file", accept: "image/png,image/jpeg" });
  input.addEventListener("change", () => input.files[0] && sendPhoto(phone, input.files[0]));
  input.click();
}

const sendPhoto = (phone, file) => attempt(() => api.photo(phone.person.id, phone.chatId, file));

function samplePhoto(phone) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 420 });
  const paint = canvas.getContext("2d");
  const shapes = [["#bfe3f5", 0, 0, 640, 260], ["#7fb069", 0, 260, 640, 160], ["#c8553d", 190, 150, 220, 170],
    ["#f4e9cd", 270, 230, 60, 90], ["#f4e9cd", 215, 180, 45, 40], ["#f4e9cd", 340, 180, 45, 40]];
  for (const [color, ...box] of shapes) { paint.fillStyle = color; paint.fillRect(...box); }
  paint.fillStyle = "#8d3b2a";
  paint.beginPath(); paint.moveTo(170, 150); paint.lineTo(300, 70); paint.lineTo(430, 150); paint.fill();
  canvas.toBlob((blob) => sendPhoto(phone, new File([blob], "sample.png", { type: "image/png" })));
}

export async function sendPlace(phone) {
  const at = await askPlace(phone.live.offers);
  if (at) await attempt(() => api.place(phone.person.id, phone.chatId, ...at));
}
