// What every page needs: words, elements, the control API, live changes, dialogs and toasts.

export const words = JSON.parse(document.getElementById("words").textContent);
export const bot = {
  id: Number(document.body.dataset.botId),
  name: document.body.dataset.botName,
  username: document.body.dataset.botUsername,
};

export const find = (id) => document.getElementById(id);

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "data") Object.assign(element.dataset, value);
    else if (name === "style") for (const [key, v] of Object.entries(value)) element.style.setProperty(key, v);
    else if (name === "attributes") for (const [key, v] of Object.entries(value)) element.setAttribute(key, v);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

async function answer(response) {
  const type = response.headers.get("Content-Type") || "";
  const body = type.startsWith("application/json") ? await response.json() : { error: await response.text() };
  if (!response.ok) throw new Error(body.error || response.statusText);
  return body;
}

export const read = async (name, query = {}) =>
  answer(await fetch(`/sandbox/api/${name}?${new URLSearchParams(query)}`));

export const act = async (name, values = {}) =>
  answer(
    await fetch(`/sandbox/api/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(values),
    }),
  );

export const upload = async (kind, form) =>
  answer(await fetch(`/sandbox/api/${kind}`, { method: "POST", body: form }));

/** Do something that may be refused, and show why. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    toast(error.message, true);
    return null;
  }
}

export function toast(text, bad = false) {
  const shown = make("div", { className: bad ? "toast bad" : "toast", textContent: text });
  find("toasts").append(shown);
  setTimeout(() => shown.remove(), Math.max(3000, text.length * 60));
}

/** Changes as they happen; `{kind: "all"}` means that anything may have changed, as after every (re)connection. */
export function listen(onChange) {
  const events = new EventSource("/sandbox/api/events");
  events.onmessage = (event) => onChange(JSON.parse(event.data));
  events.onopen = () => {
    find("offline").hidden = true;
    onChange({ kind: "all" });
  };
  events.onerror = () => (find("offline").hidden = false);
}

/** Run soon, and then at most every `pause` milliseconds however often it is asked; the last ask is never lost. */
export function calmly(work, pause = 250) {
  let planned = false;
  let running = false;
  let last = 0;
  const run = async () => {
    planned = false;
    running = true;
    last = Date.now();
    try {
      await work();
    } finally {
      running = false;
      if (planned) plan();
    }
  };
  const plan = () => setTimeout(run, Math.max(0, last + pause - Date.now()));
  return () => {
    if (planned) return;
    planned = true;
    if (!running) plan();
  };
}

export const hue = (id) => `${(Math.abs(id) * 47) % 360}`;

export function avatar(element, id, title) {
  element.style.setProperty("--hue", hue(id));
  element.textContent = title
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => [...part][0] || "")
    .join("")
    .toUpperCase();
  return element;
}

/** A dialog with fields; resolves with their values, or null when it is closed. */
export function ask(title, fields, button) {
  const dialog = find("ask");
  const form = make("form", { method: "dialog" }, make("h2", { textContent: title }));
  for (const field of fields) form.append(input(field));
  const cancel = make("button", { type: "button", textContent: words.cancel });
  cancel.addEventListener("click", () => dialog.close());
  form.append(make("div", { className: "row end" }, cancel, make("button", { className: "main", textContent: button })));
  dialog.replaceChildren(form);
  dialog.showModal();
  return new Promise((resolve) => {
    let values = null;
    form.addEventListener("submit", () => {
      values = Object.fromEntries(fields.map((field) => [field.name, value(form.elements[field.name])]));
    });
    dialog.addEventListener("close", () => resolve(values), { once: true });
  });
}

function input(field) {
  if (field.options) {
    const select = make("select", { name: field.name, multiple: Boolean(field.multiple) });
    for (const [key, text] of field.options) select.append(make("option", { value: key, textContent: text }));
    return make("label", {}, field.label, select);
  }
  const { label, ...properties } = field;
  const element = make("input", properties);
  const check = field.type === "checkbox";
  return make("label", { className: check ? "check" : "" }, ...(check ? [element, label] : [label, element]));
}

function value(element) {
  if (element.type === "checkbox") return element.checked;
  if (element.multiple) return [...element.selectedOptions].map((option) => option.value);
  return element.value.trim();
}

/** A message that has to be closed, such as a bot's alert. */
export function alertBox(title, text) {
  const dialog = find("ask");
  const close = make("button", { className: "main", textContent: words.close });
  const form = make("form", { method: "dialog" }, make("h2", { textContent: title }), make("p", { textContent: text }), make("div", { className: "row end" }, close));
  dialog.replaceChildren(form);
  dialog.showModal();
}

export async function newPerson() {
  const known = await read("people");
  const next = Math.max(100000, ...known.map((person) => person.id)) + 1;
  const values = await ask(
    words.new_person,
    [
      { name: "first_name", label: words.first_name, required: true, maxLength: 64, autofocus: true },
      { name: "last_name", label: words.last_name, maxLength: 64 },
      { name: "username", label: words.username, pattern: "[A-Za-z0-9_]{5,32}" },
      { name: "user_id", label: words.user_id, type: "number", min: 1, value: next, required: true },
    ],
    words.create,
  );
  if (!values) return null;
  const person = { ...values, user_id: Number(values.user_id), last_name: values.last_name || null, username: values.username || null };
  return (await attempt(() => act("person", person))) && person.user_id;
}

export const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });

export async function watchFaults() {
  const state = await read("state");
  find("fault-dot").hidden = state.faults.length === 0 && !state.down;
  return state;
}

const here = document.body.className.replace("page-", "");
document.querySelector(`nav a[data-page="${here}"]`)?.setAttribute("aria-current", "page");
document.querySelector(".language").addEventListener("click", (event) => {
  event.preventDefault();
  const address = new URL(location.href);
  address.searchParams.set("lang", document.documentElement.lang === "ru" ? "en" : "ru");
  location.href = address.href;
});
