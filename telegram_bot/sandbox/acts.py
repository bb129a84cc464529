"""All that can be ordered from outside: one list, from which the control API and its page are made."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .errors import SandboxError
from .limits import LimitSettings

if TYPE_CHECKING:
    from .httpd import Server

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One POST of the control API; its parameters are those of ``run``, except the server."""

    name: str
    run: Callable[..., Any]

    @property
    def parameters(self) -> list[inspect.Parameter]:
        return list(inspect.signature(self.run).parameters.values())


def acts(server: Server) -> list[Act]:
    """All that can be ordered; the documentation page is made from this list."""
    people, world = server.people, server.world

    def limits(**values: Any) -> None:
        world.limits.configure(LimitSettings(**asdict(world.limits.settings) | values))

    def read(chat_id: int, message_id: int) -> None:
        world.settings.setdefault("read", {})[str(chat_id)] = message_id
        world.save_settings()
        world.changes.tell("chat", chat_id=chat_id)

    def update(body: Json) -> int:
        return world.updates.add_raw(body)

    def advance(seconds: float) -> None:
        world.clock.advance(seconds)

    def clear() -> None:
        server.heal()
        world.clear()
        server.journal.clear()

    return [
        Act("person", people.person),
        Act("group", people.group),
        Act("join", people.join),
        Act("write", people.write),
        Act("start", people.start),
        Act("edit", people.edit),
        Act("delete", people.delete),
        Act("press", people.press),
        Act("press_raw", people.press_raw),
        Act("block", people.block),
        Act("unblock", people.unblock),
        Act("deactivate", people.deactivate),
        Act("kick", people.kick),
        Act("invite", people.invite),
        Act("migrate", people.migrate),
        Act("read", read),
        Act("update", update),
        Act("fail", server.fail),
        Act("heal", server.heal),
        Act("limits", limits),
        Act("advance", advance),
        Act("clear", clear),
    ]


def arguments(act: Act, values: Json) -> Json:
    """Raises SandboxError that names what is missing or unknown."""
    open_ended = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in act.parameters)
    known = {p.name for p in act.parameters if p.kind is not inspect.Parameter.VAR_KEYWORD}
    missing = [
        p.name
        for p in act.parameters
        if p.default is inspect.Parameter.empty
        and p.kind is not inspect.Parameter.VAR_KEYWORD
        and p.name not in values
    ]
    unknown = [] if open_ended else sorted(set(values) - known)
    if missing or unknown:
        raise SandboxError(f"{act.name}: missing {missing}, unknown {unknown}")
    return values
