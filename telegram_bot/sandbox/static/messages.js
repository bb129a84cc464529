// One chat's messages as bubbles.

import { alertBox, attempt, act, bot, clock, find, hue, make, toast, words } from "./base.js";

const ANSWER_WITHIN = 15000;
const waiting = new Map(); // query id -> what to do with the answer
const early = new Map(); // query id -> an answer that came before we learned the id of our own press

export function dayName(seconds) {
  const day = new Date(seconds * 1000);
  const today = new Date();
  const days = Math.round((new Date(today).setHours(0, 0, 0, 0) - new Date(day).setHours(0, 0, 0, 0)) / 86400000);
  if (days === 0) return words.today;
  if (days === 1) return words.yesterday;
  return day.toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long", year: "numeric" });
}

const drawn = new Map(); // key -> {signature, element}: what has not changed is kept, with its pictures and its state

/** `chat` has `messages` in order; `me` is the person in whose name the chat is seen. */
export function drawMessages(chat, me, tools) {
  const rows = [];
  const keys = new Set();
  const kept = (key, signature, draw) => {
    keys.add(key);
    const known = drawn.get(key);
    if (known?.signature === signature) return known.element;
    const element = draw();
    drawn.set(key, { signature, element });
    return element;
  };
  let before = null;
  for (let at = 0; at < chat.messages.length; at++) {
    const message = chat.messages[at];
    if (!before || dayName(before.date) !== dayName(message.date)) {
      rows.push(make("div", { className: "day", textContent: dayName(message.date) }));
      before = null;
    }
    const album = [message];
    while (message.album && chat.messages[at + 1]?.album === message.album) album.push(chat.messages[++at]);
    const previous = before;
    const quoted = chat.messages.find((one) => one.id === message.reply_to)?.text;
    const signature = JSON.stringify([album, me, chat.kind, previous?.sender_id, previous?.date, quoted]);
    const draw = () => (isService(message) ? service(message) : bubble(chat, album, me, previous, tools));
    rows.push(kept(`${chat.id}:${message.id}`, signature, draw));
    before = isService(message) ? null : message;
  }
  for (const key of drawn.keys()) if (!keys.has(key)) drawn.delete(key);
  return rows;
}

const isService = (message) => Object.keys(message.service).some((name) => name.startsWith("migrate"));

function service(message) {
  const text = "migrate_to_chat_id" in message.service ? words.migrate_to : words.migrate_from;
  return make("div", { className: "service", textContent: text });
}

function bubble(chat, album, me, before, tools) {
  const message = album[0];
  const mine = message.sender_id === me;
  const joined = before !== null && before.sender_id === message.sender_id && message.date - before.date < 300;
  const content = make("div", { className: "bubble" });
  if (!mine && !joined && chat.kind !== "person") {
    content.append(make("div", { className: "name", textContent: message.sender, style: { "--hue": hue(message.sender_id) } }));
  }
  if (message.reply_to) content.append(quote(chat, message.reply_to));
  content.append(...files(album));
  const said = album.find((one) => one.text) || message;
  if (said.text) content.append(text(said, tools));
  content.append(foot(chat, message, me, tools));
  const element = make("div", { id: `m${message.id}`, className: "message" }, content);
  element.classList.toggle("mine", mine);
  element.classList.toggle("joined", joined);
  element.classList.toggle("gone", message.deleted);
  if (message.buttons.length && !message.deleted) element.append(buttons(chat, message, tools));
  return element;
}

function quote(chat, id) {
  const original = chat.messages.find((message) => message.id === id);
  const shown = original ? `${original.sender}: ${original.text || words.photo}` : `#${id}`;
  const element = make("button", { type: "button", className: "quote", textContent: shown });
  element.addEventListener("click", () => find(`m${id}`)?.scrollIntoView({ block: "center", behavior: "smooth" }));
  return element;
}

function text(message, tools) {
  // The server has escaped everything in it: see entities/render.py.
  const element = make("div", { className: "words", innerHTML: message.html });
  for (const command of element.querySelectorAll("a.command")) {
    command.addEventListener("click", (event) => {
      event.preventDefault();
      tools.say(command.dataset.command);
    });
  }
  return element;
}

function files(album) {
  const shown = album.filter((message) => message.file).map((message) => file(message.file));
  if (shown.length > 1 && album[0].file.kind !== "document") return [make("div", { className: "album" }, ...shown)];
  return shown;
}

function file(one) {
  if (one.kind === "video") {
    return make("video", { className: "video", src: one.url, controls: true, preload: "metadata" });
  }
  if (one.kind === "photo") {
    const link = make("a", { className: "picture", href: one.url, target: "_blank" });
    link.append(make("img", { src: one.url, alt: words.photo, width: one.width, height: one.height }));
    return link;
  }
  const size = one.size < 1048576 ? `${Math.ceil(one.size / 1024)} KB` : `${(one.size / 1048576).toFixed(1)} MB`;
  const names = make("span", {}, make("b", { textContent: one.name }), make("small", { textContent: size }));
  return make("a", { className: "document", href: one.url }, make("span", { className: "mark", textContent: extension(one.name) }), names);
}

const extension = (name) => (/\.(\w{1,4})$/.exec(name || "") || [null, words.file])[1];

function foot(chat, message, me, tools) {
  const element = make("div", { className: "foot" });
  if (message.reaction) element.append(make("span", { className: "reaction", textContent: message.reaction }));
  if (!message.deleted) {
    const offered = [["reply", () => tools.reply(message)]];
    if (message.sender_id === me && !message.file) offered.push(["edit", () => tools.edit(message)]);
    if (message.file) offered.push(["forward", () => tools.forward(message)]);
    if (message.sender_id === me) offered.push(["delete", () => tools.remove(message)]);
    const row = make("span", { className: "tools" });
    for (const [name, work] of offered) {
      const button = make("button", { type: "button", textContent: words[name] });
      button.addEventListener("click", work);
      row.append(button);
    }
    element.append(row);
  }
  if (message.deleted) element.append(remains(element));
  if (message.versions.length) element.append(history(element, message));
  else if (message.edited_at) element.append(make("span", { textContent: words.edited }));
  element.append(make("time", { textContent: clock(message.date), title: new Date(message.date * 1000).toLocaleString() }));
  return element;
}

/** What was deleted is not in the way; one press shows what it said. */
function remains(foot) {
  const button = make("button", { type: "button", textContent: words.deleted });
  button.addEventListener("click", () => foot.closest(".message").classList.toggle("shown"));
  return button;
}

function history(foot, message) {
  const button = make("button", { type: "button", textContent: words.edited });
  button.addEventListener("click", () => {
    const open = foot.parentElement.querySelector(".versions");
    if (open) return open.remove();
    const said = message.versions.map((version) =>
      make("div", {}, `${words.was}, ${clock(version.until)}: `, make("span", { className: "words", innerHTML: version.html })),
    );
    return foot.parentElement.append(make("div", { className: "versions" }, ...said));
  });
  return button;
}

function buttons(chat, message, tools) {
  const rows = message.buttons.map((row) => make("div", {}, ...row.map((button) => inline(chat, message, button, tools))));
  return make("div", { className: "buttons" }, ...rows);
}

function inline(chat, message, button, tools) {
  if (button.url) return make("a", { href: button.url, target: "_blank", rel: "noreferrer noopener", textContent: `${button.text} ↗` });
  const element = make("button", { type: "button", textContent: button.text });
  element.disabled = button.data === null;
  element.addEventListener("click", async () => {
    const values = { user_id: tools.presser(), chat_id: chat.id, message_id: message.id, button: button.data };
    element.classList.add("waiting");
    const pressed = await attempt(() => act("press", values));
    const settle = () => element.classList.remove("waiting");
    if (pressed) expectAnswer(pressed.id, settle);
    else settle();
  });
  return element;
}

function expectAnswer(id, settle) {
  const timer = setTimeout(() => {
    waiting.delete(id);
    settle();
    toast(words.no_answer, true);
  }, ANSWER_WITHIN);
  waiting.set(id, () => {
    clearTimeout(timer);
    settle();
  });
  if (early.has(id)) showAnswer(early.get(id));
}

/** The bot has answered a press: a toast, or a box when it wants to be seen. */
export function showAnswer(change) {
  const settle = waiting.get(change.query_id);
  if (!settle) {
    early.set(change.query_id, change);
    setTimeout(() => early.delete(change.query_id), ANSWER_WITHIN);
    return;
  }
  early.delete(change.query_id);
  waiting.delete(change.query_id);
  settle();
  if (change.text && change.show_alert) alertBox(bot.name, change.text);
  else if (change.text) toast(change.text);
}
