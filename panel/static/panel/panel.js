// Small conveniences of the panel's own pages. One listener on the document for each kind of event.
"use strict";

const OWN = { other: "words", until: "until" };

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.open);
    if (opener.dataset.action) {
      dialog.querySelector("form").action = opener.dataset.action;
    }
    if (opener.dataset.ref) {
      dialog.querySelector("[data-ref]").textContent = opener.dataset.ref;
    }
    for (const [name, value] of Object.entries(JSON.parse(opener.dataset.fill || "{}"))) {
      dialog.querySelector("form").elements[name].value = value;
    }
    dialog.showModal();
    return;
  }
  const copier = event.target.closest("[data-copy]");
  if (copier) {
    copy(document.getElementById(copier.dataset.copy), copier);
    return;
  }
  const closer = event.target.closest("[data-close]");
  if (closer) {
    closer.closest("dialog").close();
    return;
  }
  // A click beside the dialog closes it.
  if (event.target.tagName === "DIALOG") {
    event.target.close();
  }
});

// A page without TLS has no clipboard of its own: there the text is marked, to be copied by hand.
async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text.textContent.trim());
    button.classList.add("done");
  } catch {
    window.getSelection().selectAllChildren(text);
  }
}

// A link to a folded part opens it.
function unfold() {
  const part = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (part && part.tagName === "DETAILS") {
    part.open = true;
    part.scrollIntoView();
  }
}

window.addEventListener("hashchange", unfold);

document.addEventListener("change", (event) => {
  // Words and moments of one's own are asked for only when they are chosen.
  const own = event.target.closest("form")?.elements[OWN[event.target.value]];
  if (event.target.type === "radio" && own) {
    own.focus();
  }
  if (event.target.closest("[data-submit]")) {
    event.target.form.submit();
  }
});

// A form is sent once: a second click while the first one travels does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.id === "changelist-form") {
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
});

// Coming back by the browser's history finds forms that can be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("dialog[data-now]").forEach((dialog) => dialog.showModal());
  unfold();
});
