// One phone: who holds it, their chat with the bot, and everything a thumb can do there.

import { api } from "./api.js";
import { bubble, idOf, refill } from "./bubble.js";
import { composer, menu, sendPlace } from "./composer.js";
import { alertBox, outside, payloadOf, picture, scan } from "./dialogs.js";
import { announce, attempt, button, make, toast } from "./dom.js";
import { fullName } from "./live.js";
import { portrait } from "./people.js";
import { say } from "./words.js";

const ANSWER_SECONDS = 20;
const SHOWN = 200;
const PHONE_NUMBER = "+86 25 5550 0199";

export class Phone {
  constructor(live, acts) {
    this.live = live;
    this.acts = acts; // close(phone), welcome() gives elements, changed(phone)
    this.element = make("article", { class: "phone", tabindex: "-1" });
    this.element.addEventListener("focusin", () => acts.active(this));
    this.person = null;
    this.draw();
  }

  get name() { return this.person ? fullName(this.person) : ""; }

  async show(person, chatId = person.id) {
    Object.assign(this, { person, chatId, revision: 0, messages: new Map(), limit: SHOWN, keyboard: null });
    this.groups = (await attempt(() => api.chats()) || []).filter((chat) =>
      chat.type !== "private" && chat.members.includes(person.id));
    this.draw();
    await this.refresh();
    this.toEnd();
    this.acts.changed(this);
  }

  draw() {
    const label = this.person ? say("phone_of", { name: this.name }) : say("empty_phone");
    this.element.setAttribute("aria-label", label);
    if (!this.person) {
      this.element.replaceChildren(this.#head(), make("div", { class: "log welcome" }, ...this.acts.welcome(this)));
      return;
    }
    this.list = make("ol", {});
    this.log = make("div", { class: "log", role: "log", "aria-live": "off", tabindex: "0", "aria-label": say("messages") },
      this.list);
    this.stuck = true; // pictures arrive late: who is at the end stays there
    this.log.addEventListener("scroll", () => {
      this.stuck = this.#atEnd();
      if (this.stuck) this.newer.hidden = true;
    });
    new ResizeObserver(() => { if (this.stuck) this.toEnd(); }).observe(this.list);
    this.newer = button(say("newer"), () => this.toEnd(), { class: "newer", hidden: true });
    this.answers = make("div", { class: "answers", role: "group", "aria-label": say("reply_keyboard") });
    this.element.replaceChildren(this.#head(), this.log, this.newer, this.answers, composer(this));
    this.#drawAnswers(this.keyboard);
    this.#drawMessages();
  }

  #head() {
    const away = button("✕", () => this.acts.close(this), { class: "plain", "aria-label": say("close_phone"), title: say("close_phone") });
    if (!this.person) return make("header", {}, make("h2", {}, say("pick")), away);
    const state = this.person.blocked ? say("blocked") : `↔ ${this.live.bot.first_name}`;
    return make("header", {}, portrait(this.person),
      make("div", { class: "who" }, make("h2", {}, this.name), this.groups?.length ? this.#chats() : make("small", {}, state)),
      make("div", { class: "tools" }, button(`▦ ${say("scan")}`, () => this.scan(), { class: "plain" }),
        menu("⋯", say("more"), (close) => this.#more(close)), away));
  }

  #chats() {
    const option = (id, title) => make("option", { value: id, selected: id === this.chatId }, title);
    const choice = make("select", { "aria-label": say("chat_with") }, option(this.person.id, this.live.bot.first_name),
      ...this.groups.map((chat) => option(chat.id, chat.title)));
    choice.addEventListener("change", () => this.show(this.person, Number(choice.value)));
    return choice;
  }

  #more(close) {
    const act = this.person.blocked ? "unblock" : "block";
    return [button(say(act), async () => {
      close();
      const person = await attempt(() => api[act](this.person.id));
      if (person) { this.person = person; this.draw(); }
    })];
  }

  /** Fetch what changed; while one fetch is under way the next waits and counts for all. */
  async refresh() {
    if (this.busy) { this.again = true; return; }
    this.busy = true;
    try {
      do {
        this.again = false;
        await this.#fetch();
      } while (this.again);
    } finally { this.busy = false; }
  }

  async #fetch() {
    const chat = this.chatId;
    const news = await attempt(() => api.messages(chat, this.person.id, this.revision));
    if (!news || chat !== this.chatId) return;
    const first = this.revision === 0;
    this.revision = news.revision;
    const stay = first || this.stuck;
    for (const message of news.messages) this.#take(message, first);
    if (JSON.stringify(news.keyboard) !== JSON.stringify(this.keyboard)) this.#drawAnswers(news.keyboard);
    if (first) this.#drawMessages();
    if (stay) this.toEnd();
    else if (news.messages.some((message) => !message.edited && !message.deleted)) this.newer.hidden = false;
    if (this.visible()) this.live.seen(this.chatId);
  }

  visible() { return this.element.offsetParent !== null && !document.hidden; }

  #take(message, first) {
    const shown = document.getElementById(idOf(message));
    const old = shown && this.list.contains(shown) ? shown : null;
    if (message.deleted) {
      this.messages.delete(message.message_id);
      old?.remove();
      return;
    }
    const known = this.messages.has(message.message_id);
    this.messages.set(message.message_id, message);
    if (first) return;
    if (old) refill(old, message, this.#bubbleActs);
    else if (!known) { this.list.append(bubble(message, this.#bubbleActs)); this.list.querySelector(".nothing")?.remove(); }
    if (message.from_bot && (!known || this.tapped === message.message_id)) announce(`${this.name}: ${message.text}`);
  }

  #drawMessages() {
    const all = [...this.messages.values()].sort((one, other) => one.message_id - other.message_id);
    const shown = all.slice(-this.limit);
    const earlier = all.length > shown.length && make("li", { class: "middle" },
      button(say("older"), () => { this.limit += SHOWN; this.#drawMessages(); }, { class: "plain" }));
    const nothing = !all.length && make("li", { class: "middle nothing" }, make("p", {}, say("no_messages")),
      button(say("start"), () => this.send("/start"), { class: "big" }),
      button(`▦ ${say("scan")}`, () => this.scan(), { class: "big plain" }));
    this.list.replaceChildren(...[earlier, nothing].filter(Boolean), ...shown.map((one) => bubble(one, this.#bubbleActs)));
  }

  #drawAnswers(rows) {
    this.keyboard = rows;
    const key = (one) => button(one.text, () => {
      if (one.request_location) sendPlace(this);
      else if (one.request_contact) attempt(() => api.contact(this.person.id, this.chatId, PHONE_NUMBER));
      else this.send(one.text);
    });
    this.answers.replaceChildren(...(rows || []).map((row) => make("div", { class: "row" }, ...row.map(key))));
  }

  #bubbleActs = {
    command: (text) => this.send(text),
    link: (url) => this.open(url),
    look: (photo, name) => picture(photo, name),
    tap: (message, key, element) => this.tap(message, key, element),
  };

  async send(text) {
    await attempt(() => api.write(this.person.id, this.chatId, text));
    this.toEnd();
  }

  async tap(message, key, element) {
    if (key.url) { this.open(key.url); return; }
    this.tapped = message.message_id;
    element.setAttribute("aria-busy", "true");
    const asked = await attempt(() => api.tap(this.person.id, this.chatId, message.message_id, key.data));
    const answer = asked && await attempt(() => api.answer(asked.query_id, ANSWER_SECONDS));
    element.removeAttribute("aria-busy");
    if (!answer) return;
    if (!answer.answered) toast(say("not_answered"));
    else if (answer.show_alert) await alertBox(this.live.bot.first_name, answer.text);
    else if (answer.text) toast(answer.text);
    if (answer.url) this.open(answer.url);
  }

  /** A start link stays on this phone, as it would on a real one; every other link is only shown. */
  open(url) {
    const start = /^(?:https?:\/\/(?:t|telegram)\.me\/|tg:\/\/resolve\?domain=)(\w+)/i.exec(url);
    if (start?.[1].toLowerCase() !== this.live.bot.username.toLowerCase()) { outside(url); return; }
    const payload = /[?&]start=/.test(url) ? payloadOf(url) : "";
    this.start(payload);
  }

  async start(payload) {
    if (this.chatId !== this.person.id) await this.show(this.person);
    await this.send(payload ? `/start ${payload}` : "/start");
  }

  async scan() {
    const payload = await scan(this.live.offers);
    if (payload !== null) await this.start(payload);
  }

  #atEnd() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 80; }

  toEnd() {
    this.newer.hidden = true;
    this.stuck = true;
    this.log.scrollTop = this.log.scrollHeight;
  }
}
