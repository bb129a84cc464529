// A deep link was opened: in whose name?

import { avatar, find, make, newPerson, read, words } from "./base.js";

const go = (id) => {
  const query = new URLSearchParams({ chat: id, start: find("payload").textContent });
  location.href = `/?${query}`;
};

const people = await read("people");
find("people").replaceChildren(
  ...people
    .filter((person) => !person.deactivated)
    .map((person) => {
      const name = [person.first_name, person.last_name].filter(Boolean).join(" ");
      const row = make(
        "button",
        { type: "button", className: "person-row" },
        avatar(make("span", { className: "avatar" }), person.id, name),
        make("span", {}, make("b", { textContent: name }), make("span", { className: "soft", textContent: person.username ? `@${person.username}` : `id ${person.id}` })),
      );
      row.addEventListener("click", () => go(person.id));
      return row;
    }),
);
if (!people.length) find("people").append(make("p", { className: "soft", textContent: words.nobody_yet }));
find("add-person").addEventListener("click", async () => {
  const id = await newPerson();
  if (id) go(id);
});
