// Begins the page: phones side by side or, where it is narrow, one at a time behind tabs.

import { setTimeZone } from "./bubble.js";
import { announce, button, toast } from "./dom.js";
import { Live } from "./live.js";
import { invent, NeighboursCard, PeopleList, presets, steps } from "./people.js";
import { Phone } from "./phone.js";
import { say, setLanguage, translate } from "./words.js";

const live = new Live();
const room = document.getElementById("room");
const place = document.getElementById("phones");
const tabs = document.getElementById("tabs");
const phones = [];
let active = null;

const acts = {
  active(phone) {
    if (active === phone) return;
    active = phone;
    for (const one of phones) one.element.classList.toggle("active", one === phone);
  },
  changed() {
    keepWho();
    drawTabs();
  },
  close(phone) {
    phones.splice(phones.indexOf(phone), 1);
    phone.element.remove();
    while (phones.length < usual()) addPhone();
    acts.active(phones[0]);
    look(phones[0]);
    keepWho();
  },
  /** Open a person on the phone they already hold, else on the given, an empty or the active one. */
  async open(person, payload = null, given = null) {
    const held = phones.find((one) => one.person?.id === person.id);
    const phone = held || given || phones.find((one) => !one.person) || active || phones[0];
    acts.active(phone);
    look(phone);
    if (!held) await phone.show(person);
    if (payload !== null && (payload || !phone.messages.size)) await phone.start(payload);
    phone.element.focus({ preventScroll: true });
  },
  welcome(phone) {
    return [...presets(live, acts, phone),
      button(say("new_person"), () => { acts.active(phone); invent(live, acts); }, { class: "wide plain" }),
      ...(usual() === 1 || (phones.length && phone !== phones[0]) ? [steps(live)] : [])];
  },
};

/** Where there is room two phones lie side by side. */
const usual = () => (getComputedStyle(tabs).display === "none" ? 2 : 1);

function addPhone() {
  const phone = new Phone(live, acts);
  phones.push(phone);
  more.before(phone.element);
  acts.active(phone);
  drawTabs();
  return phone;
}

/** On a narrow screen one thing is in front: the room or one phone. */
function look(phone) {
  room.dataset.front = phone ? "phone" : "room";
  for (const one of phones) one.element.classList.toggle("front", one === phone);
  if (phone?.person) { phone.toEnd(); live.seen(phone.chatId); }
  // With large text a phone is higher than the screen: its newest message and the line to type in come first.
  phone?.element.scrollIntoView({ block: "end" });
  drawTabs();
}

function drawTabs() {
  const front = room.dataset.front === "phone" ? phones.find((one) => one.element.classList.contains("front")) : null;
  const tab = (words, phone, news) => button(words, () => look(phone),
    { "aria-current": (phone ?? null) === (front ?? null) ? "true" : null, class: news ? "news" : null });
  const held = document.activeElement?.parentElement === tabs ? [...tabs.children].indexOf(document.activeElement) : -1;
  tabs.setAttribute("aria-label", say("tabs"));
  tabs.replaceChildren(tab(say("room_tab"), null, false),
    ...phones.map((one, index) => {
      const news = one.person && one !== front ? live.unread.get(one.chatId) : 0;
      const name = one.person ? one.name : say("phone_tab", { n: index + 1 });
      return tab(news ? `${name} · ${say("unread", { n: news })}` : name, one, news);
    }),
    button(say("add_phone"), () => look(addPhone())));
  tabs.children[held]?.focus();
  const current = tabs.querySelector("[aria-current]");
  if (current) tabs.scrollLeft = current.offsetLeft + current.offsetWidth + 8 - tabs.clientWidth;
}

function keepWho() {
  const ids = phones.filter((one) => one.person).map((one) => one.person.id);
  history.replaceState(null, "", ids.length ? `#${ids.join(",")}` : location.pathname);
}

function drawSide() {
  document.getElementById("presets").replaceChildren(...presets(live, acts, null));
  more.textContent = say("add_phone");
  document.querySelector(".languages").setAttribute("aria-label", "语言 Language");
}

const more = button("", () => addPhone().element.focus(), { class: "more-phones plain" });
place.append(more);

live.addEventListener("chats", ({ detail }) => {
  for (const phone of phones) {
    if (phone.person && (detail.everything || detail.chats.has(phone.chatId))) phone.refresh();
  }
  drawTabs();
});
live.addEventListener("people", () => {
  for (const phone of phones) if (phone.person) phone.person = live.people.get(phone.person.id) || phone.person;
});
live.addEventListener("connection", ({ detail }) => toast(say(detail.back ? "back" : "lost")));
document.addEventListener("visibilitychange", () => {
  for (const phone of phones) if (phone.person && phone.visible()) live.seen(phone.chatId);
});

async function begin() {
  translate(document);
  await live.begin();
  setTimeZone(live.offers.timezone);
  const list = new PeopleList(live, acts);
  const card = new NeighboursCard(live);
  drawSide();
  list.draw();
  const wanted = location.hash.slice(1).split(",").map((id) => live.people.get(Number(id))).filter(Boolean);
  while (phones.length < Math.max(wanted.length, usual())) addPhone();
  await Promise.all(wanted.map((person, index) => phones[index].show(person)));
  acts.active(phones[0]);
  look(wanted.length ? phones[0] : null);
  await card.begin();
  document.getElementById("new-person").addEventListener("click", () => invent(live, acts));
  for (const one of document.querySelectorAll("[data-language]")) {
    one.addEventListener("click", () => setLanguage(one.dataset.language));
  }
  document.addEventListener("language", () => {
    drawSide();
    list.draw();
    card.draw(card.facts);
    drawTabs();
    for (const phone of phones) phone.draw();
  });
  document.documentElement.dataset.ready = "true";
}

begin().catch((error) => { toast(error.message); announce(error.message); });
