// The page of an inspection without reloading: answers are saved as they are given, files as they are dropped.
// Every form works by itself too; here it is sent in the background, and the server's answer replaces the parts
// of the page that changed.
"use strict";

const EVERY_MS = 15_000;
const AT_ONCE = 2;
const SHOWN_ERRORS = 6;
const FILE_MARK = "application/x-rop-file";

const page = document.getElementById("inspection");
if (page) {
  page.classList.add("scripted");
  const texts = JSON.parse(page.dataset.texts);
  const status = page.querySelector("[data-said]");
  let version = Number(page.dataset.version);
  let running = 0;
  const queue = [];
  const pending = new Map(); // shell -> what was pressed in it while it was busy
  const unsent = new Map(); // shell -> what to do when there is a connection again

  // ── parts ──

  const parts = () => page.querySelectorAll("[data-part]");
  const have = () => Array.from(parts(), (part) => `${part.dataset.part}:${part.dataset.print}`).join(",");
  const fieldsOf = (root) => Array.from(root.querySelectorAll("input:not([type=hidden]):not([type=file]), textarea, select"));
  const written = (field) => {
    if (field.type === "radio" || field.type === "checkbox") {
      return field.checked !== field.defaultChecked;
    }
    if (field.tagName === "SELECT") {
      return field.options.length > 0 && !field.options[field.selectedIndex]?.defaultSelected && field.selectedIndex > 0;
    }
    return field.value !== field.defaultValue;
  };
  const markWritten = (form) => form.toggleAttribute("data-dirty", fieldsOf(form).some(written));
  const twin = (root, element) => {
    if (!element?.matches("input, textarea, select, button, summary, a")) {
      return null;
    }
    const key = element.closest("[data-key]")?.dataset.key || "";
    const same = Array.from(root.querySelectorAll(element.tagName)).filter(
      (other) => (other.closest("[data-key]")?.dataset.key || "") === key && other.name === element.name && other.type === element.type,
    );
    return same.find((other) => other.value === element.value) || (element.tagName === "BUTTON" ? null : same[0]) || null;
  };

  // `own`: the part whose form was just sent. What somebody is writing in another one is not taken from them.
  const replace = (part, found, { own = false, keep = true } = {}) => {
    const dirty = fieldsOf(part).filter(written);
    if (!own && dirty.length && part.dataset.part.startsWith("point-")) {
      part.closest(".shell")?.classList.add("stale");
      return;
    }
    const open = new Map(Array.from(part.querySelectorAll("details[data-key]"), (one) => [one.dataset.key, one.open]));
    const kept = keep ? dirty.map((field) => [field, field.type === "radio" ? field.checked : field.value]) : [];
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    const shell = document.createElement("div");
    shell.innerHTML = found.html;
    const goesTo = twin(shell, focused);
    for (const one of shell.querySelectorAll("details[data-key]")) {
      one.open = open.get(one.dataset.key) || one.open;
    }
    for (const [field, value] of kept) {
      const other = twin(shell, field);
      if (other?.type === "radio") {
        other.checked = value && !other.disabled;
      } else if (other) {
        other.value = value;
      }
    }
    shell.querySelectorAll("form[data-answer]").forEach(markWritten);
    part.replaceChildren(...shell.childNodes);
    part.dataset.print = found.print;
    part.closest(".shell")?.classList.remove("stale");
    goesTo?.focus({ preventScroll: true });
  };

  // An answer that is older than what the page shows already says nothing new.
  const take = async (answer, own = null, keep = false) => {
    await untouched();
    if (answer.version === undefined || answer.version < version) {
      return;
    }
    version = answer.version;
    for (const found of answer.parts) {
      const part = Array.from(parts()).find((one) => one.dataset.part === found.name);
      if (part) {
        replace(part, found, { own: part === own, keep: part === own ? keep : true });
      }
    }
  };

  // Nothing is replaced under a finger: the press would go to what is not there any more.
  let pressed = false;
  document.addEventListener("pointerdown", () => (pressed = true), true);
  for (const name of ["pointerup", "pointercancel", "dragend", "drop"]) {
    document.addEventListener(name, () => setTimeout(() => (pressed = false)), true);
  }
  const untouched = async () => {
    while (pressed) {
      await new Promise((resume) => setTimeout(resume, 30));
    }
  };

  // ── what is said ──

  const complain = (shell, lines) => {
    const box = shell.querySelector("[data-errors]");
    box.replaceChildren(
      ...lines.slice(0, SHOWN_ERRORS).map((line) => {
        const said = document.createElement("p");
        said.className = "error-line";
        said.textContent = line;
        return said;
      }),
    );
    shell.classList.toggle("failed", lines.length > 0);
  };

  const read = async (response) => {
    if (response.redirected || response.status === 403 || response.status === 404) {
      return { errors: [texts.gone] };
    }
    if (!response.headers.get("Content-Type")?.startsWith("application/json")) {
      return { errors: [texts.failed] };
    }
    return response.json();
  };

  // ── answers, the verdict, places of files ──

  const send = (form, submitter) => {
    const shell = form.closest(".shell");
    const target = form.getAttribute("action");
    if (shell.dataset.busy) {
      pending.set(shell, { target, name: submitter?.name, value: submitter?.value });
      return;
    }
    transmit(shell, form.closest("[data-part]"), target, new FormData(form, submitter));
  };

  const transmit = async (shell, own, target, body) => {
    body.set("have", have());
    shell.dataset.busy = "1";
    unsent.delete(shell);
    shell.classList.add("saving");
    status.textContent = texts.saving;
    let errors = [];
    try {
      const response = await fetch(target, { method: "POST", body, headers: { Accept: "application/json" } });
      const answer = await read(response);
      errors = answer.errors || [];
      // What was refused stays in its field; the part around it shows what is true.
      await take(answer, own, errors.length > 0);
      status.textContent = errors.length ? "" : answer.said || texts.saved;
    } catch {
      errors = [texts.offline];
      status.textContent = "";
      // As it was pressed then: whoever answered meanwhile is not overwritten.
      unsent.set(shell, () => transmit(shell, own, target, body));
    }
    complain(shell, errors);
    if (!errors.length) {
      flash(shell);
    }
    delete shell.dataset.busy;
    shell.classList.remove("saving");
    afterwards(shell, errors.length > 0);
  };

  // What was pressed while the press before it travelled: seldom, and never on what was refused.
  const afterwards = (shell, refused) => {
    const press = pending.get(shell);
    pending.delete(shell);
    if (!press || refused) {
      return;
    }
    const form = Array.from(shell.querySelectorAll("form[data-live]")).find(
      (one) => one.getAttribute("action") === press.target,
    );
    const submitter = form && Array.from(form.querySelectorAll("button")).find(
      (one) => press.name && one.name === press.name && one.value === press.value,
    );
    const isNew = submitter?.classList.contains("choice") && submitter.getAttribute("aria-pressed") !== "true";
    if (form && (isNew || fieldsOf(form).some(written))) {
      send(form, submitter || undefined);
    }
  };

  const flash = (shell) => {
    shell.classList.add("saved");
    setTimeout(() => shell.classList.remove("saved"), 1200);
  };

  // A remark is a part of its answer: without one it waits for it.
  const save = (field) => {
    const form = field.form;
    const buttons = form.querySelectorAll("button.choice");
    const chosen = form.querySelector("button.choice[aria-pressed=true]");
    if (buttons.length && !chosen) {
      status.textContent = texts.with_answer;
      return;
    }
    if (!buttons.length && !form.elements.value.value.trim()) {
      return;
    }
    send(form, chosen || undefined);
  };

  page.addEventListener("input", (event) => {
    if (event.target.form?.hasAttribute("data-answer")) {
      markWritten(event.target.form);
    }
  });

  page.addEventListener("change", (event) => {
    const field = event.target;
    if (field.form?.hasAttribute("data-answer")) {
      save(field);
    } else if (field.form?.hasAttribute("data-place-form")) {
      send(field.form);
    } else if (field.type === "file") {
      upload(field.form.closest(".shell"), field.files);
      field.value = "";
    }
  });

  // Before the listeners of other scripts: they would take a form for sent and never send it again.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!page.contains(form) || event.submitter?.hasAttribute("data-plain")) {
        return;
      }
      if (form.hasAttribute("data-live") || form.hasAttribute("data-upload")) {
        event.preventDefault();
        event.stopPropagation();
      }
      if (form.hasAttribute("data-live")) {
        send(form, event.submitter || undefined);
      }
    },
    true,
  );

  // ── files ──

  const row = (shell, name) => {
    const line = document.createElement("li");
    const label = document.createElement("span");
    label.className = "name";
    label.textContent = name;
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    const said = document.createElement("span");
    said.className = "said";
    said.textContent = texts.waiting;
    line.append(label, bar, said);
    shell.querySelector("[data-uploads]").append(line);
    return { line, bar, said };
  };

  const button = (line, text, press) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button small";
    made.textContent = text;
    made.addEventListener("click", press);
    line.append(made);
  };

  const refuseFile = (shown, lines, retry) => {
    shown.line.classList.add("refused");
    shown.bar.remove();
    shown.said.textContent = lines.join(" ");
    shown.said.setAttribute("role", "alert");
    if (retry) {
      button(shown.line, texts.again, () => {
        shown.line.remove();
        retry();
      });
    }
    button(shown.line, texts.dismiss, () => shown.line.remove());
  };

  const upload = (shell, files) => {
    for (const file of files) {
      const shown = row(shell, file.name);
      if (file.size > Number(page.dataset.most)) {
        refuseFile(shown, [texts.too_large]);
      } else if (file.size === 0) {
        refuseFile(shown, [texts.empty]);
      } else {
        queue.push({ shell, file, shown });
      }
    }
    pump();
  };

  const pump = () => {
    while (running < AT_ONCE && queue.length) {
      running += 1;
      transfer(queue.shift());
    }
  };

  const transfer = ({ shell, file, shown }) => {
    const request = new XMLHttpRequest();
    const body = new FormData(shell.querySelector("form[data-upload]"));
    body.set("file", file, file.name);
    body.set("have", have());
    const over = () => {
      running -= 1;
      pump();
    };
    const retry = () => upload(shell, [file]);
    request.open("POST", page.dataset.files);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "text";
    request.upload.addEventListener("progress", (event) => {
      shown.bar.value = event.lengthComputable ? (event.loaded / event.total) * 100 : 0;
      shown.said.textContent = `${Math.round(shown.bar.value)} %`;
    });
    request.upload.addEventListener("load", () => {
      shown.bar.removeAttribute("value");
      shown.said.textContent = texts.checking;
    });
    request.addEventListener("load", () => {
      let answer;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        answer = { errors: [request.status >= 500 ? texts.failed : texts.gone] };
      }
      take(answer);
      const errors = answer.errors || [];
      if (errors.length) {
        refuseFile(shown, errors, request.status >= 500 ? retry : null);
      } else {
        shown.line.remove();
        status.textContent = texts.saved;
      }
      over();
    });
    request.addEventListener("error", () => {
      refuseFile(shown, [texts.offline], retry);
      over();
    });
    request.send(body);
  };

  // ── dragging ──

  const filesIn = (event) => Array.from(event.dataTransfer?.types || []);
  const dropAt = (event) => {
    const at = event.target.closest?.("[data-drop]") || page.querySelector("#tray");
    return at.querySelector("form[data-upload]") ? at : null;
  };
  const highlight = (at) => {
    page.querySelectorAll(".drag").forEach((one) => one !== at && one.classList.remove("drag"));
    at?.classList.add("drag");
  };

  page.addEventListener("dragstart", (event) => {
    const file = event.target.closest?.("[data-file]");
    if (file) {
      event.dataTransfer.setData(FILE_MARK, file.dataset.file);
      event.dataTransfer.effectAllowed = "move";
    }
  });
  document.addEventListener("dragover", (event) => {
    const types = filesIn(event);
    if (types.includes("Files") || types.includes(FILE_MARK)) {
      // Otherwise the browser leaves the page to show the file.
      event.preventDefault();
      highlight(dropAt(event));
    }
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) {
      highlight(null);
    }
  });
  document.addEventListener("dragend", () => highlight(null));
  document.addEventListener("drop", (event) => {
    const types = filesIn(event);
    if (!types.includes("Files") && !types.includes(FILE_MARK)) {
      return;
    }
    event.preventDefault();
    highlight(null);
    const at = dropAt(event);
    if (!at) {
      return;
    }
    const moved = event.dataTransfer.getData(FILE_MARK);
    if (moved) {
      const form = page.querySelector(`[data-file="${CSS.escape(moved)}"] form[data-place-form]`);
      if (form && form.elements.point.value !== at.dataset.drop) {
        form.elements.point.value = at.dataset.drop;
        send(form);
      }
    } else {
      upload(at, event.dataTransfer.files);
    }
  });
  document.addEventListener("paste", (event) => {
    const files = event.clipboardData?.files;
    const at = event.target.closest?.("[data-drop]") || page.querySelector("#tray");
    if (files?.length && at.querySelector("form[data-upload]")) {
      event.preventDefault();
      upload(at, files);
    }
  });

  // ── what happened meanwhile ──

  const look = async () => {
    if (document.hidden) {
      return;
    }
    const seen = page.querySelector(".stale") ? "" : version;
    const query = new URLSearchParams({ seen, have: have() });
    try {
      const response = await fetch(`${page.dataset.url}?${query}`, { headers: { Accept: "application/json" } });
      if (response.status === 200 && !response.redirected) {
        await take(await response.json());
      }
      for (const again of Array.from(unsent.values())) {
        again();
      }
    } catch {
      // No connection: the next look says more.
    }
  };
  setInterval(look, EVERY_MS);
  document.addEventListener("visibilitychange", look);
  window.addEventListener("focus", look);
  window.addEventListener("online", look);

  window.addEventListener("beforeunload", (event) => {
    const isWritten = fieldsOf(page).some((field) => field.form?.hasAttribute("data-answer") && written(field));
    if (running || queue.length || unsent.size || isWritten) {
      event.preventDefault();
    }
  });
}
