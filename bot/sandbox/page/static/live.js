// What changes in the room: one long poll, and everybody on the page who cares is told.

import { api } from "./api.js";

const LISTEN_SECONDS = 25;
const BREATH = 120; // ms in which changes are gathered

export class Live extends EventTarget {
  constructor() {
    super();
    this.people = new Map();
    this.unread = new Map();
    this.simulated = new Set();
    this.bot = { first_name: "Linli", username: "", commands: [] };
    this.offers = { posters: [], invitations: [], presets: [], places: [] };
    this.lost = false;
  }

  async begin() {
    [this.bot, this.offers] = await Promise.all([api.bot(), api.offers()]);
    // A number beyond every revision asks only where the room stands now.
    this.revision = (await api.events(Number.MAX_SAFE_INTEGER, 0)).revision;
    await this.readPeople();
    this.#listen();
  }

  async readPeople() {
    const [people, simulated] = await Promise.all([api.people(), api.neighbourIds()]);
    this.people = new Map(people.map((person) => [person.id, person]));
    this.simulated = new Set(simulated);
    this.#tell("people");
  }

  seen(chat) {
    if (this.unread.delete(chat)) this.#tell("unread");
  }

  /** What this person's command menu holds: the narrowest scope wins, then their language. */
  commands(person) {
    const scopes = ["chat", "all_private_chats", "default"];
    const spoken = (person.language_code || "").split("-")[0];
    const mine = (one) => one.scope.type !== "chat" || Number(one.scope.chat_id) === person.id;
    const lists = this.bot.commands.filter((one) => scopes.includes(one.scope.type) && mine(one));
    for (const scope of scopes) {
      for (const language of [spoken, ""]) {
        const found = lists.find((one) => one.scope.type === scope && one.language_code === language);
        if (found) return found.commands;
      }
    }
    return [];
  }

  async #listen() {
    for (;;) {
      try {
        const news = await api.events(this.revision, LISTEN_SECONDS);
        if (this.lost) this.#connected(true);
        // A room that was started again counts from the beginning.
        const restarted = news.revision < this.revision;
        this.revision = news.revision;
        if (restarted || news.missed) await this.readPeople();
        await this.#take(news.events, restarted || news.missed);
      } catch {
        if (!this.lost) this.#connected(false);
        await pause(2000);
      }
      await pause(BREATH);
    }
  }

  async #take(events, everything) {
    const kinds = new Set(events.map((event) => event.kind));
    if (kinds.has("commands")) { this.bot = await api.bot(); this.#tell("bot"); }
    if (kinds.has("person") || kinds.has("membership")) await this.readPeople();
    if (kinds.has("group")) this.#tell("groups");
    const messages = events.filter((event) => event.message_id !== null);
    for (const event of messages) {
      if (event.kind === "message") this.unread.set(event.chat_id, (this.unread.get(event.chat_id) || 0) + 1);
    }
    const chats = new Set(messages.map((event) => event.chat_id));
    this.#tell("chats", { chats, everything });
    if (chats.size) this.#tell("unread");
  }

  #connected(back) {
    this.lost = !back;
    this.#tell("connection", { back });
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}

export const pause = (milliseconds) => new Promise((go) => { setTimeout(go, milliseconds); });

export const fullName = (person) => [person.first_name, person.last_name].filter(Boolean).join(" ");
