// The journal of calls, as it grows.

import { calmly, find, listen, make, read, watchFaults, words } from "./base.js";

const form = find("filter");
let paused = false;
const opened = new Set();

async function draw() {
  if (paused) return;
  const query = { limit: 200, method: form.elements.method.value.trim(), outcome: form.elements.outcome.value, chat_id: form.elements.chat_id.value.trim() };
  const { calls, total } = await read("calls", Object.fromEntries(Object.entries(query).filter(([, value]) => value)));
  const quiet = form.elements.quiet.checked && !query.method;
  const shown = calls.filter((call) => !quiet || call.method.toLowerCase() !== "getupdates");
  find("total").textContent = `${words.calls}: ${total}`;
  find("calls").replaceChildren(...(shown.length ? shown.map(row) : [make("p", { className: "soft call", textContent: words.no_calls, style: { padding: "14px", margin: 0 } })]));
  const known = [...new Set(calls.map((call) => call.method))].sort();
  find("methods-known").replaceChildren(...known.map((name) => make("option", { value: name })));
}

function row(call) {
  const { chat_id: chat = "", text, caption, ...rest } = call.params;
  const outcome = call.description || (call.outcome === "ok" ? "✓" : call.outcome + (call.delivered ? `, ${words.delivered_mark}` : ""));
  const summary = make(
    "summary",
    {},
    make("span", { className: "number soft", textContent: `#${call.number}` }),
    make("span", { className: "soft", textContent: new Date(call.at * 1000).toLocaleTimeString(document.documentElement.lang) }),
    make("span", { textContent: call.method }),
    make("span", { className: "soft", textContent: chat }),
    make("span", { className: call.outcome.split(" ")[0], textContent: [outcome, text ?? caption].filter(Boolean).join("  ") }),
    make("span", { className: "took soft", textContent: call.seconds === null ? "…" : Math.round(call.seconds * 1000) }),
  );
  const details = make("details", { className: "call", open: opened.has(call.number) }, summary, make("pre", { textContent: JSON.stringify(call, null, 1) }));
  details.addEventListener("toggle", () => (details.open ? opened.add(call.number) : opened.delete(call.number)));
  return details;
}

const soon = calmly(draw, 400);
form.addEventListener("input", soon);
form.addEventListener("submit", (event) => event.preventDefault());
find("pause").addEventListener("click", () => {
  paused = !paused;
  find("pause").textContent = paused ? words.resume : words.pause;
  soon();
});
listen((change) => {
  if (change.kind === "call" || change.kind === "all") soon();
  if (change.kind === "faults") watchFaults();
});
await draw();
await watchFaults();
