// What can be done with a chat besides writing in it.

import { act, ask, attempt, find, make, read, words } from "./base.js";

export function drawMenu(chat, composer) {
  const items = find("menu-items");
  items.replaceChildren(
    ...(chat.kind === "person" ? personItems(chat, composer) : groupItems(chat)).map(([text, work]) => {
      const button = make("button", { type: "button", textContent: text, attributes: { role: "menuitem" } });
      button.addEventListener("click", () => {
        items.hidden = true;
        attempt(work);
      });
      return button;
    }),
  );
}

function personItems(chat, composer) {
  if (chat.deactivated) return [];
  return [
    [words.start_with, () => startWith(chat, composer)],
    chat.blocked
      ? [words.unblock, () => act("unblock", { user_id: chat.id })]
      : [words.block, () => act("block", { user_id: chat.id })],
    [words.deactivate, () => window.confirm(words.deactivate_sure) && act("deactivate", { user_id: chat.id })],
  ];
}

async function startWith(chat, composer) {
  const values = await ask(words.start_with, [{ name: "payload", label: words.payload, pattern: "[A-Za-z0-9_\\-]{0,64}", autofocus: true }], words.start);
  if (!values) return null;
  composer.payload = "";
  return act("start", { user_id: chat.id, payload: values.payload });
}

function groupItems(chat) {
  if (chat.migrated_to) return [];
  const there = chat.bot_status === "member" || chat.bot_status === "administrator";
  const items = [[words.add_member, () => addMember(chat)]];
  if (!there) items.push([words.invite, () => act("invite", { chat_id: chat.id })]);
  if (chat.bot_status === "member") items.push([words.promote, () => act("invite", { chat_id: chat.id, administrator: true })]);
  if (chat.bot_status === "administrator") items.push([words.demote, () => act("invite", { chat_id: chat.id })]);
  if (there) items.push([words.kick, () => act("kick", { chat_id: chat.id })]);
  if (chat.kind === "group") items.push([words.migrate, () => act("migrate", { chat_id: chat.id })]);
  return items;
}

async function addMember(chat) {
  const known = new Set(chat.members.map((member) => member.id));
  const people = (await read("people")).filter((person) => !known.has(person.id));
  const options = people.map((person) => [person.id, [person.first_name, person.last_name].filter(Boolean).join(" ")]);
  const values = await ask(words.add_member, [{ name: "user_id", label: words.person, options }], words.save);
  return values?.user_id && act("join", { chat_id: chat.id, user_id: Number(values.user_id) });
}

export async function newGroup() {
  const people = await read("people");
  const options = people.map((person) => [person.id, [person.first_name, person.last_name].filter(Boolean).join(" ")]);
  const values = await ask(
    words.new_group,
    [
      { name: "title", label: words.title, required: true, maxLength: 128, autofocus: true },
      { name: "members", label: words.members, options, multiple: true },
      { name: "big", label: words.supergroup, type: "checkbox" },
      { name: "administrator", label: words.bot_is_admin, type: "checkbox", checked: true },
    ],
    words.create,
  );
  if (!values) return null;
  const id = -(values.big ? 1000000000000 : 0) - 100000 - Math.floor(Math.random() * 900000);
  const group = { chat_id: id, title: values.title, members: values.members.map(Number), bot_status: values.administrator ? "administrator" : "member" };
  return (await attempt(() => act("group", group))) && id;
}
