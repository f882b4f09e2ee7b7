// Calls to the control API and to the page's own addresses; a refusal carries the sentence to show.

export class Refused extends Error {}

async function call(method, path, body) {
  const init = { method };
  if (body instanceof FormData) init.body = body;
  else if (body !== undefined) {
    init.headers = { "Content-Type": "application/json" };
    init.body = JSON.stringify(body);
  }
  const answer = await fetch(path, init);
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(found.error || `${answer.status} ${answer.statusText}`);
  return found;
}

const get = (path) => call("GET", path);
const post = (path, body = {}) => call("POST", path, body);
const person = (id, act) => `/sim/people/${id}/${act}`;

export const api = {
  bot: () => get("/sim/bot"),
  people: async () => (await get("/sim/people")).people,
  chats: async () => (await get("/sim/chats")).chats,
  addPerson: (who) => post("/sim/people", who),
  write: (id, chat_id, text) => post(person(id, "text"), { text, chat_id }),
  place: (id, chat_id, latitude, longitude) => post(person(id, "location"), { latitude, longitude, chat_id }),
  contact: (id, chat_id, phone_number) => post(person(id, "contact"), { phone_number, chat_id }),
  tap: (id, chat_id, message_id, data) => post(person(id, "tap"), { message_id, chat_id, data }),
  block: (id) => post(person(id, "block")),
  unblock: (id) => post(person(id, "unblock")),
  answer: (query, wait) => get(`/sim/queries/${query}?wait=${wait}`),
  messages: (chat, viewer, after) => get(`/sim/chats/${chat}/messages?after=${after}&viewer=${viewer}`),
  events: (after, wait) => get(`/sim/events?after=${after}&wait=${wait}`),
  offers: () => get("/room/offers"),
  neighbours: () => get("/room/neighbours"),
  neighbourIds: async () => (await get("/room/neighbours/people")).people,
  moveIn: (size) => post("/room/neighbours", { size }),
  goOn: () => call("PUT", "/room/neighbours"),
  freeze: () => call("DELETE", "/room/neighbours"),
  photo(id, chat_id, file, caption) {
    const form = new FormData();
    form.append("photo", file, file.name || "photo.png");
    form.append("chat_id", chat_id);
    if (caption) form.append("caption", caption);
    return call("POST", person(id, "photo"), form);
  },
};
