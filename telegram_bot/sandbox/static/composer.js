// The lower edge of a chat: writing, files, commands, reply keyboards, the start button.

import { act, ask, attempt, find, make, upload, words } from "./base.js";

export class Composer {
  constructor(current) {
    this.current = current; // () => the open chat
    this.answering = null; // {kind: "reply" | "edit", message}
    this.payload = "";
    this.text = find("text");
    find("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("input", () => this.suggest());
    this.text.addEventListener("paste", (event) => {
      if (event.clipboardData.files.length) this.files([...event.clipboardData.files]);
    });
    find("files").addEventListener("change", (event) => {
      this.files([...event.target.files]);
      event.target.value = "";
    });
    find("answering").querySelector("button").addEventListener("click", () => this.answer(null));
    find("start").addEventListener("click", () => this.start());
  }

  /** Whose hand writes and presses: the person of a private chat, or the one chosen in a group. */
  me() {
    const chat = this.current();
    if (chat.kind === "person") return chat.id;
    return Number(find("as").value) || null; // NaN is the anonymous administrator
  }

  presser() {
    return this.me() || this.current().members[0]?.id;
  }

  draw(chat) {
    const as = find("as");
    const chosen = as.options.length ? as.value : null;
    find("as-label").hidden = chat.kind === "person";
    as.replaceChildren(...chat.members.map((member) => make("option", { value: member.id, textContent: member.name })));
    if (chat.kind !== "person") as.append(make("option", { value: "anonymous", textContent: words.anonymous_admin }));
    if ([...as.options].some((option) => option.value === chosen)) as.value = chosen;
    const asleep = chat.kind === "person" && (!chat.started || chat.blocked || Boolean(this.payload));
    const closed = chat.deactivated || Boolean(chat.migrated_to) || (chat.kind !== "person" && !chat.members.length);
    const start = find("start");
    start.hidden = !asleep || closed;
    start.replaceChildren(chat.blocked ? words.restart_bot : words.start);
    if (this.payload) start.append(make("small", { textContent: this.payload }));
    find("composer").hidden = asleep || closed;
    this.keyboard(chat);
  }

  keyboard(chat) {
    const last = [...chat.messages].reverse().find((message) => message.keyboard && !message.deleted);
    const rows = last?.keyboard.keyboard || [];
    const element = find("keyboard");
    element.hidden = rows.length === 0 || find("composer").hidden;
    element.replaceChildren(
      ...rows.map((row) =>
        make("div", {}, ...row.map((key) => {
          const text = typeof key === "string" ? key : key.text;
          const button = make("button", { type: "button", textContent: text });
          button.addEventListener("click", () => this.say(text));
          return button;
        })),
      ),
    );
  }

  answer(kind, message = null) {
    this.answering = kind && { kind, message };
    find("answering").hidden = !kind;
    if (!kind) return;
    find("answering").querySelector("span").textContent = `${words[kind]}: ${message.text || words.photo}`;
    if (kind === "edit") this.text.value = message.text;
    this.text.focus();
  }

  async start() {
    const { payload } = this;
    this.payload = "";
    await attempt(() => act("start", { user_id: this.current().id, payload }));
    history.replaceState(null, "", "/");
  }

  say(text) {
    return attempt(() => act("write", { ...this.writer(), text }));
  }

  writer() {
    const chat = this.current();
    const me = this.me();
    return { user_id: me || chat.members[0]?.id, chat_id: chat.id, anonymous: chat.kind !== "person" && me === null };
  }

  async send() {
    const text = this.text.value.trim();
    if (!text) return;
    const { answering } = this;
    const chat = this.current();
    const done = await attempt(() => {
      if (answering?.kind === "edit") {
        return act("edit", { user_id: this.me(), chat_id: chat.id, message_id: answering.message.id, text });
      }
      return act("write", { ...this.writer(), text, reply_to: answering?.message.id ?? null });
    });
    if (!done) return;
    this.forget(text);
    this.answer(null);
    this.suggest();
  }

  async files(files) {
    if (!files.length) return;
    const pictures = files.every((file) => /^image\/(jpeg|png|gif|webp)$/.test(file.type));
    const videos = files.every((file) => file.type === "video/mp4");
    const fields = [{ name: "caption", label: words.caption, maxLength: 1024, value: this.text.value }];
    if (pictures || videos) fields.push({ name: "as_files", label: words.as_files, type: "checkbox" });
    const offered = this.text.value.trim();
    const values = await ask(`${words.attach}: ${files.length}`, fields, words.send);
    if (!values) return;
    this.forget(offered);
    for (let at = 0; at < files.length; at += 10) {
      const form = new FormData();
      form.append("user_id", this.writer().user_id);
      form.append("chat_id", this.current().id);
      if (at === 0) form.append("caption", values.caption);
      files.slice(at, at + 10).forEach((file, number) => form.append(`file${number}`, file, file.name));
      if (at === 0 && this.answering?.kind === "reply") form.append("reply_to", this.answering.message.id);
      const kind = values.as_files ? "document" : pictures ? "photo" : videos ? "video" : "document";
      await attempt(() => upload(kind, form));
    }
    this.answer(null);
  }

  /** What was sent goes; what was typed since then stays. */
  forget(sent) {
    if (this.text.value.trim() === sent) this.text.value = "";
  }

  suggest() {
    const typed = this.text.value;
    const element = find("suggest");
    if (!/^\/\w*$/.test(typed)) {
      element.hidden = true;
      return;
    }
    const fitting = this.current().commands.filter((command) => `/${command.command}`.startsWith(typed));
    element.hidden = fitting.length === 0;
    element.replaceChildren(
      ...fitting.map((command, at) => {
        const row = make("button", { type: "button", className: at === 0 ? "chosen" : "" });
        row.append(make("b", { textContent: `/${command.command}` }), make("span", { className: "soft", textContent: command.description }));
        row.addEventListener("click", () => {
          element.hidden = true;
          this.text.value = "";
          this.say(`/${command.command}`);
        });
        return row;
      }),
    );
  }

  key(event) {
    const suggested = find("suggest");
    if (event.key === "Escape") {
      suggested.hidden = true;
      this.answer(null);
    } else if (event.key === "Tab" && !suggested.hidden) {
      event.preventDefault();
      this.text.value = suggested.querySelector("b").textContent;
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    }
  }
}
