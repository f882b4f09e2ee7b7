// Everything that asks in the middle of the page: alerts, a new person, a poster, a place, an outside link.

import { button, make } from "./dom.js";
import { chosen, language, say } from "./words.js";

/** Show a modal dialog; gives what `close(value)` was called with, or null when left. */
function ask(title, build) {
  return new Promise((resolve) => {
    let answer = null;
    const heading = make("h2", { id: "dialog-title" }, title);
    const dialog = make("dialog", { "aria-labelledby": "dialog-title" }, heading);
    const close = (value) => { answer = value; dialog.close(); };
    dialog.append(...build(close));
    dialog.addEventListener("close", () => { dialog.remove(); resolve(answer); });
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    document.body.append(dialog);
    dialog.showModal();
  });
}

const field = (id, words, control) =>
  make("p", { class: "field" }, make("label", { for: id }, words), Object.assign(control, { id }));

const leave = (close) => button(say("cancel"), () => close(null), { class: "plain" });

function form(submit, ...children) {
  const element = make("form", { method: "dialog" }, ...children);
  element.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
  return element;
}

export const alertBox = (title, text) => ask(title, (close) => [
  make("p", { class: "said" }, text),
  make("p", { class: "ends" }, button(say("ok"), () => close(true), { autofocus: true })),
]);

export const outside = (url) => ask(say("outside"), (close) => [
  make("p", {}, say("outside_hint")),
  make("p", {}, make("code", {}, url)),
  make("p", { class: "ends" }, button(say("ok"), () => close(true), { autofocus: true })),
]);

export const picture = (photo, name) => ask(name, (close) => [
  make("img", { src: photo.address, alt: name, class: "whole" }),
  make("p", { class: "ends" },
    make("a", { href: photo.address, download: photo.file_name || "picture.png", class: "button plain" },
      say("document", { name: photo.file_name || "" })),
    button(say("ok"), () => close(true), { autofocus: true })),
]);

function doors(title, list, close) {
  if (!list.length) return [];
  const items = list.map((door) => make("li", {}, button(chosen(door.label), () => close(door.payload))));
  return [make("h3", {}, title), make("ul", { class: "doors" }, ...items)];
}

/** Take a payload out of whatever was pasted: the whole link, or only what it carries. */
export const payloadOf = (text) => /[?&]start=([\w-]+)/.exec(text)?.[1] ?? text.trim();

export const scan = (offers) => ask(say("scan_title"), (close) => {
  const typed = make("input", { type: "text", placeholder: say("payload_hint"), autocapitalize: "off" });
  return [
    ...doors(say("posters"), offers.posters, close),
    ...doors(say("invitations"), offers.invitations, close),
    form(() => close(payloadOf(typed.value)),
      field("payload", say("payload"), typed),
      make("p", { class: "ends" }, leave(close), make("button", {}, say("open")))),
  ];
});

function payloadList(offers) {
  const option = (door) => make("option", { value: door.payload }, chosen(door.label));
  const group = (label, list) => list.length && make("optgroup", { label }, ...list.map(option));
  return make("select", {},
    make("option", { value: "" }, say("no_poster")),
    group(say("posters"), offers.posters) || null,
    group(say("invitations"), offers.invitations) || null,
    make("option", { value: "*" }, `${say("other")}…`));
}

export const newPerson = (offers) => ask(say("new_person"), (close) => {
  const first = make("input", { type: "text", required: true, maxlength: 64, autofocus: true, autocomplete: "off" });
  const last = make("input", { type: "text", maxlength: 64, autocomplete: "off" });
  const speaks = make("select", {},
    make("option", { value: "zh-hans", selected: language() === "zh" }, "中文"),
    make("option", { value: "en", selected: language() === "en" }, "English"),
    make("option", { value: "fr" }, "Français"));
  const door = payloadList(offers);
  const other = make("input", { type: "text", placeholder: say("payload_hint"), autocapitalize: "off" });
  const otherField = field("other-payload", say("payload"), other);
  otherField.hidden = true;
  door.addEventListener("change", () => { otherField.hidden = door.value !== "*"; });
  const done = () => close({
    person: { first_name: first.value.trim(), last_name: last.value.trim() || undefined, language_code: speaks.value },
    payload: door.value === "*" ? payloadOf(other.value) : door.value,
  });
  return [form(done,
    field("first-name", say("name"), first),
    field("last-name", say("last_name"), last),
    field("speaks", say("language"), speaks),
    field("door", say("poster"), door),
    otherField,
    make("p", { class: "ends" }, leave(close), make("button", {}, say("create"))))];
});

export const place = (offers) => ask(say("place_title"), (close) => {
  const known = offers.places.map((one) => make("li", {},
    button(`📍 ${chosen(one.label)}`, () => close([one.latitude, one.longitude]))));
  const number = (bound) => make("input", { type: "number", step: "any", min: -bound, max: bound, required: true });
  const latitude = number(90);
  const longitude = number(180);
  return [
    make("ul", { class: "doors" }, ...known),
    form(() => close([Number(latitude.value), Number(longitude.value)]),
      field("latitude", say("latitude"), latitude),
      field("longitude", say("longitude"), longitude),
      make("p", { class: "ends" }, leave(close), make("button", {}, say("send")))),
  ];
});
