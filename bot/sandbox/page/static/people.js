// The room's side: people to play, everybody's phone in a list, and the neighbours who move in.

import { api } from "./api.js";
import { newPerson } from "./dialogs.js";
import { attempt, button, make } from "./dom.js";
import { fullName, pause } from "./live.js";
import { chosen, say } from "./words.js";

const MOST_ROWS = 100;
const FIGURES = ["moved_in", "joined", "volunteers", "declined", "asked", "coming", "later", "cannot", "silent",
  "arrived", "done", "released", "blocked"];
const HUES = 8;

export function portrait(person) {
  const [first, last] = [person.first_name, person.last_name || ""];
  const letters = /^\p{Script=Han}+$/u.test(first) ? [...first].at(-1) : [...first][0] + ([...last][0] || "");
  return make("span", { class: `portrait hue${person.id % HUES}`, "aria-hidden": "true" }, letters);
}

/** Make someone and, when they came by a poster or an invitation, let them scan it. */
async function handPhone(acts, who, payload) {
  const person = await attempt(() => api.addPerson(who));
  if (person) await acts.open(person, payload);
}

/** One preset is one person: a second tap opens the same phone again. */
async function play(live, preset, acts, phone) {
  const known = [...live.people.values()].find((one) => one.first_name === preset.name && !live.simulated.has(one.id));
  if (known) { await acts.open(known, null, phone); return; }
  const person = await attempt(() => api.addPerson({ first_name: preset.name, language_code: preset.language }));
  if (person) await acts.open(person, preset.payload, phone);
}

export function presets(live, acts, phone) {
  return live.offers.presets.map((preset) => button(
    make("span", {}, make("b", {}, chosen(preset.role)), " ", preset.name),
    () => play(live, preset, acts, phone), { class: "preset" }));
}

/** What a newcomer to the page may try, one thing after another; only where the demo offers people to play. */
export function steps(live) {
  if (!live.offers.invitations.length && live.offers.presets.length < 5) return "";
  const told = [say("step_1"), say("step_2"), say("step_3"), say("step_4"), say("step_5")];
  const each = told.map((words) => make("li", {}, ...words.split(/(\/[a-z]+)/)
    .map((part) => (part.startsWith("/") ? make("code", {}, part) : part))));
  return make("section", { class: "steps quiet" }, make("h3", {}, say("steps")), make("ol", {}, ...each));
}

export async function invent(live, acts) {
  const made = await newPerson(live.offers);
  if (made) await handPhone(acts, made.person, made.payload);
}

/** The list of everybody; those one plays come first, then the simulated, newest news on top. */
export class PeopleList {
  constructor(live, acts) {
    this.live = live;
    this.acts = acts;
    this.list = document.getElementById("people");
    this.filter = document.getElementById("filter");
    this.filter.addEventListener("input", () => this.draw());
    for (const kind of ["people", "unread"]) live.addEventListener(kind, () => this.later());
  }

  later() {
    this.waiting ??= requestAnimationFrame(() => { this.waiting = null; this.draw(); });
  }

  draw() {
    const wanted = this.filter.value.trim().toLowerCase();
    const all = [...this.live.people.values()].filter((one) => fullName(one).toLowerCase().includes(wanted));
    const weight = (one) => (this.live.simulated.has(one.id) ? 0 : 1e9) + (this.live.unread.get(one.id) || 0);
    all.sort((one, other) => weight(other) - weight(one) || one.id - other.id);
    const rows = all.slice(0, MOST_ROWS).map((one) => this.#row(one));
    const left = all.length - rows.length;
    const note = !all.length ? say(wanted ? "no_match" : "nobody") : left > 0 ? say("more_people", { n: left }) : null;
    this.#keepFocus(() => this.list.replaceChildren(...rows, ...(note ? [make("li", { class: "quiet" }, note)] : [])));
  }

  #keepFocus(draw) {
    const held = this.list.contains(document.activeElement) ? document.activeElement.dataset.person : null;
    draw();
    if (held) this.list.querySelector(`[data-person="${held}"]`)?.focus({ preventScroll: true });
  }

  #row(person) {
    const count = this.live.unread.get(person.id);
    const news = count && make("span", { class: "count" }, make("span", { "aria-hidden": "true" }, String(count)),
      make("span", { class: "hidden" }, say("unread", { n: count })));
    const marks = [this.live.simulated.has(person.id) && say("simulated"), person.blocked && say("blocked")].filter(Boolean);
    const names = make("span", { class: "names" }, fullName(person), marks.length ? make("small", {}, ` ${marks.join(" · ")}`) : null);
    const face = make("span", { class: "face" }, portrait(person), names, news || null);
    return make("li", {}, button(face, () => this.acts.open(person), { "data-person": person.id }));
  }
}

/** Figures of the simulated neighbourhood, fresh while it lives. */
export class NeighboursCard {
  constructor(live) {
    this.live = live;
    this.figures = document.getElementById("figures");
    this.freeze = document.getElementById("freeze");
    const form = document.getElementById("move-in");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const facts = await attempt(() => api.moveIn(Number(document.getElementById("size").value)));
      if (facts) this.follow(facts);
    });
    this.freeze.addEventListener("click", async () => {
      const facts = await attempt(() => (this.facts.running ? api.freeze() : api.goOn()));
      if (facts) this.follow(facts);
    });
  }

  async begin() { this.follow(await api.neighbours()); }

  async follow(facts) {
    this.draw(facts);
    if (this.following) return;
    this.following = true;
    while (this.facts.running) {
      await pause(1500);
      this.draw(await api.neighbours().catch(() => this.facts));
    }
    this.following = false;
  }

  draw(facts) {
    this.facts = facts;
    this.freeze.hidden = !facts.size;
    this.freeze.textContent = say(facts.running ? "freeze" : "go_on");
    this.figures.hidden = !facts.size;
    const figure = (key) => [make("dt", {}, say(`f_${key}`)),
      make("dd", {}, key === "moved_in" ? `${facts[key]} / ${facts.size}` : String(facts[key]))];
    this.figures.replaceChildren(...FIGURES.filter((key) => key === "moved_in" || facts[key]).map((key) => make("div", {}, ...figure(key))));
  }
}
