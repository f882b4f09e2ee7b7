// Turns the HTML of a message into elements, letting through only what Telegram knows.

import { make } from "./dom.js";

const KEPT = new Set(["b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "blockquote"]);
const COMMAND = /(^|[\s(（：:，、])(\/[a-z][a-z0-9_]*)/gi;

/** `acts.command(text)` sends a command, `acts.link(url)` opens a link. */
export function rendered(html, acts) {
  const parsed = new DOMParser().parseFromString(html, "text/html").body;
  const fragment = document.createDocumentFragment();
  fragment.append(...children(parsed, acts));
  return fragment;
}

function children(node, acts) {
  return [...node.childNodes].flatMap((child) => {
    if (child.nodeType === Node.TEXT_NODE) return withCommands(afterBlock(child) ? child.data.replace(/^\n/, "") : child.data, acts);
    return child.nodeType === Node.ELEMENT_NODE ? [element(child, acts)] : [];
  });
}

// A block ends its own line: Telegram shows no empty one after it.
const afterBlock = (node) => ["BLOCKQUOTE", "PRE"].includes(node.previousSibling?.tagName);

function element(node, acts) {
  const tag = node.tagName.toLowerCase();
  const inside = children(node, acts);
  if (tag === "a") return link(node.getAttribute("href") || node.textContent, inside, acts);
  if (tag === "tg-spoiler" || node.classList.contains("tg-spoiler")) return spoiler(inside);
  if (tag === "br") return make("br");
  return make(KEPT.has(tag) ? tag : "span", {}, ...inside);
}

function link(url, inside, acts) {
  const act = (event) => { event.preventDefault(); acts.link(url); };
  return make("a", { href: "#", title: url, on: { click: act } }, ...inside);
}

function spoiler(inside) {
  const hidden = make("button", { type: "button", class: "spoiler", "aria-expanded": "false" },
    make("span", {}, ...inside));
  hidden.addEventListener("click", () => hidden.setAttribute("aria-expanded", "true"));
  return hidden;
}

function withCommands(text, acts) {
  const parts = [];
  let from = 0;
  for (const hit of text.matchAll(COMMAND)) {
    const start = hit.index + hit[1].length;
    parts.push(text.slice(from, start), link(hit[2], [hit[2]], { link: () => acts.command(hit[2]) }));
    from = start + hit[2].length;
  }
  return [...parts, text.slice(from)].filter((part) => part !== "");
}
