// Faults and limits: what stands, and forms to order and end it.

import { act, attempt, calmly, find, listen, make, read, watchFaults, words } from "./base.js";

const NUMBERS = ["chat_id", "probability", "seed", "times", "lasting", "retry_after", "seconds"];

async function draw() {
  const state = await watchFaults();
  find("down").hidden = !state.down;
  const rows = state.faults.map(row);
  find("standing").replaceChildren(...(rows.length ? rows : [make("p", { className: "soft", textContent: words.nothing_standing })]));
  for (const name of ["violations", "refusals", "pending_updates", "calls"]) find(name).textContent = state[name];
  const holds = Object.entries(state.holds).map(([key, seconds]) => `${key}: ${seconds.toFixed(0)} s`);
  find("holds").textContent = holds.join(", ") || words.no_holds;
  return state;
}

function row(fault) {
  const parts = [
    fault.methods.join(", "),
    fault.chat_id && `${words.chat} ${fault.chat_id}`,
    fault.probability < 1 && `${words.probability} ${fault.probability}`,
    fault.times && `${words.times.toLowerCase()}: ${fault.times}`,
    fault.until && `${words.until} ${new Date(fault.until * 1000).toLocaleTimeString(document.documentElement.lang)}`,
    fault.retry_after && `retry_after ${fault.retry_after}`,
    fault.delivered && words.delivered.toLowerCase(),
    `${words.used} ${fault.used}`,
  ];
  const button = make("button", { type: "button", textContent: words.heal });
  button.addEventListener("click", () => attempt(() => act("heal", { fault_id: fault.id })));
  const text = make("div", {}, make("b", { textContent: words[`fault_${fault.kind}`] }), make("br"), make("span", { className: "soft", textContent: parts.filter(Boolean).join(" · ") }));
  return make("div", { className: "standing" }, text, button);
}

const order = async (values) => {
  await attempt(() => act("fail", values));
  await draw();
};

for (const button of find("presets").querySelectorAll("button")) {
  button.addEventListener("click", () => order(JSON.parse(button.dataset.order)));
}
find("order").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  const values = { kind: form.get("kind") };
  for (const name of NUMBERS) if (form.get(name)) values[name] = Number(form.get(name));
  if (form.get("methods").trim()) values.methods = form.get("methods").split(/[\s,]+/).filter(Boolean);
  if (form.get("delivered")) values.delivered = form.get("delivered") === "true";
  order(values);
});
find("heal-all").addEventListener("click", () => attempt(() => act("heal")));
find("limits").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target.elements;
  const values = { on: form.on.checked };
  for (const name of ["per_second", "private_per_second", "private_burst", "group_per_minute"]) values[name] = Number(form[name].value);
  attempt(() => act("limits", values)).then(draw);
});

const state = await draw();
const form = find("limits").elements;
for (const [name, value] of Object.entries(state.limits)) {
  if (name === "on") form.on.checked = value;
  else form[name].value = value;
}
for (const chat of await read("chats")) {
  find("order").elements.chat_id.append(make("option", { value: chat.id, textContent: `${chat.title} (${chat.id})` }));
}
listen(calmly(draw, 500));
