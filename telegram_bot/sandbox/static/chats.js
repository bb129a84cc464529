// The messenger: chats on the left, the open one on the right.

import { act, attempt, avatar, calmly, clock, find, listen, make, newPerson, read, toast, watchFaults, words } from "./base.js";
import { Composer } from "./composer.js";
import { drawMenu, newGroup } from "./menu.js";
import { dayName, drawMessages, showAnswer } from "./messages.js";

let chats = [];
let open = null; // the open chat with its messages
let typing = null;
const composer = new Composer(() => open);
const tools = {
  say: (text) => composer.say(text),
  reply: (message) => composer.answer("reply", message),
  edit: (message) => composer.answer("edit", message),
  remove: (message) => attempt(() => act("delete", { user_id: message.sender_id, chat_id: open.id, message_id: message.id })),
  forward: (message) =>
    attempt(() => act("forward", { user_id: composer.presser(), from_chat_id: open.id, message_id: message.id, chat_id: open.id })),
  presser: () => composer.presser(),
};

// The list

async function loadChats() {
  chats = await read("chats");
  drawChats();
}

function drawChats() {
  const wanted = find("search").value.trim().toLowerCase();
  const shown = chats.filter((chat) => `${chat.title} ${chat.username || ""} ${chat.id}`.toLowerCase().includes(wanted));
  const rows = shown.map(chatRow);
  if (!chats.length) rows.push(make("p", { className: "hint", textContent: words.no_chats }));
  find("chats").replaceChildren(...rows);
  const unread = chats.reduce((sum, chat) => sum + chat.unread, 0);
  document.title = `${unread ? `(${unread}) ` : ""}${words.chats} · ${words.app}`;
}

function chatRow(chat) {
  const day = chat.at ? dayName(chat.at) : "";
  const when = day === words.today ? clock(chat.at) : day === words.yesterday ? day : chat.at ? new Date(chat.at * 1000).toLocaleDateString(document.documentElement.lang) : "";
  const row = make(
    "button",
    { type: "button", className: chat.id === open?.id ? "chat chosen" : "chat", attributes: { role: "listitem" } },
    avatar(make("span", { className: "avatar" }), chat.id, chat.title),
    make("b", { textContent: chat.title }),
    make("time", { textContent: when }),
    make("span", { className: "last", textContent: chat.last || (chat.at ? words.photo : status(chat)) }),
    chat.unread ? make("span", { className: "count", textContent: chat.unread }) : make("span"),
  );
  row.addEventListener("click", () => openChat(chat.id));
  return row;
}

function status(chat) {
  if (chat.kind === "person") {
    const name = chat.username ? `@${chat.username}` : words.person;
    const said = chat.deactivated ? words.deactivated : chat.blocked ? words.blocked : chat.started ? "" : words.not_started;
    return [name, said].filter(Boolean).join(", ");
  }
  if (chat.migrated_to) return words.migrated;
  const kind = chat.kind === "group" ? words.group : words.supergroup_kind;
  return `${kind}, ${words.members.toLowerCase()}: ${chat.members.length}, ${words[`bot_status_${chat.bot_status}`]}`;
}

// The open chat

async function openChat(id) {
  composer.answer(null);
  if (open?.id !== id) find("text").value = "";
  const loaded = await attempt(() => read("chat", { id }));
  if (!loaded) return;
  open = loaded;
  find("nothing").hidden = true;
  find("open").hidden = false;
  document.querySelector(".messenger").classList.add("in-chat");
  drawChat();
  toEnd();
  drawChats();
  await markRead();
}

function drawChat() {
  avatar(find("talk-avatar"), open.id, open.title);
  find("talk-title").textContent = open.title;
  find("talk-status").textContent = typing ? `${words.bot} ${words.typing}` : `${status(open)} · id ${open.id}`;
  find("earlier").hidden = !open.more;
  composer.draw(open);
  find("messages").replaceChildren(...drawMessages(open, composer.me(), tools));
  const pinned = open.messages.find((message) => message.id === open.pinned);
  find("pinned").hidden = !pinned;
  if (pinned) find("pinned").textContent = `${words.pinned}: ${pinned.text || words.photo}`;
  drawMenu(open, composer);
}

const nearEnd = () => {
  const stream = find("stream");
  return stream.scrollHeight - stream.scrollTop - stream.clientHeight < 120;
};

function toEnd() {
  const stream = find("stream");
  stream.scrollTop = stream.scrollHeight;
  atEnd = true;
  seenAt = stream.scrollTop;
}

async function markRead() {
  const last = open.messages.at(-1);
  if (last && document.visibilityState === "visible") await read_(last.id);
}

const read_ = (messageId) => act("read", { chat_id: open.id, message_id: messageId });

const refresh = calmly(async () => {
  if (!open) return;
  const id = open.id;
  const loaded = await read("chat", { id, limit: Math.max(50, open.messages.length + 5) });
  if (open?.id !== id) return;
  // Not by measuring alone: a picture that has just arrived has moved the end away.
  const end = atEnd || nearEnd();
  const grown = loaded.messages.at(-1)?.id !== open.messages.at(-1)?.id;
  open = loaded;
  drawChat();
  if (end) toEnd();
  if (grown) await markRead();
}, 150);

async function earlier() {
  const stream = find("stream");
  const height = stream.scrollHeight;
  const loaded = await attempt(() => read("chat", { id: open.id, before: open.messages[0].id }));
  if (!loaded) return;
  open = { ...open, messages: [...loaded.messages, ...open.messages], more: loaded.more };
  drawChat();
  stream.scrollTop = stream.scrollHeight - height;
}

function showTyping() {
  clearTimeout(typing);
  typing = setTimeout(() => {
    typing = null;
    drawChat();
  }, 5000);
  find("talk-status").textContent = `${words.bot} ${words.typing}`;
}

// What happens

const refreshChats = calmly(loadChats, 300);
const refreshFaults = calmly(watchFaults, 500);

listen((change) => {
  if (change.kind === "answer") showAnswer(change);
  else if (change.kind === "action") change.chat_id === open?.id && showTyping();
  else if (change.kind === "faults") refreshFaults();
  else if (change.kind !== "call") {
    refreshChats();
    if (change.kind === "all" || change.chat_id === open?.id) refresh();
  }
});

// Pictures grow when they arrive: who was at the end stays there, until they scroll up themselves.
let atEnd = true;
let seenAt = 0;
find("stream").addEventListener("scroll", () => {
  const { scrollTop } = find("stream");
  if (nearEnd()) atEnd = true;
  else if (scrollTop < seenAt) atEnd = false;
  seenAt = scrollTop;
});
find("stream").addEventListener("load", () => atEnd && toEnd(), true);
find("search").addEventListener("input", drawChats);
find("earlier").addEventListener("click", earlier);
find("as").addEventListener("change", drawChat);
find("back").addEventListener("click", () => {
  open = null;
  find("open").hidden = true;
  find("nothing").hidden = false;
  document.querySelector(".messenger").classList.remove("in-chat");
  drawChats();
});
find("menu").addEventListener("click", (event) => {
  event.stopPropagation();
  find("menu-items").hidden = !find("menu-items").hidden;
});
document.addEventListener("click", () => (find("menu-items").hidden = true));
document.addEventListener("visibilitychange", () => open && markRead());
find("pinned").addEventListener("click", () => find(`m${open.pinned}`)?.scrollIntoView({ block: "center", behavior: "smooth" }));
find("add-person").addEventListener("click", async () => {
  const id = await newPerson();
  if (id) await openChat(id);
});
find("add-group").addEventListener("click", async () => {
  const id = await newGroup();
  if (id) await openChat(id);
});

const asked = new URLSearchParams(location.search);
await loadChats();
refreshFaults();
if (asked.has("chat")) {
  composer.payload = asked.get("start") || "";
  await openChat(Number(asked.get("chat")));
} else if (!chats.length) {
  toast(words.no_chats);
}
