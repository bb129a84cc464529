"""All that can be ordered from outside: one list, from which the control API and its page are made."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from .errors import SandboxError
from .faults import Fault
from .limits import LimitSettings

if TYPE_CHECKING:
    from .httpd import Server

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """One POST of the control API; its parameters are those of ``run``, except the server."""

    name: str
    run: Callable[..., Any]
    open_to: Callable[..., Any] | None = None
    """What takes the further parameters when ``run`` passes them on."""

    @property
    def parameters(self) -> list[inspect.Parameter]:
        own = _parameters(self.run)
        if self.open_to is None:
            return own
        further = [p for p in _parameters(self.open_to) if p.name not in {"kind", "now"}]
        return [p for p in own if p.kind is not inspect.Parameter.VAR_KEYWORD] + further


def acts(server: Server) -> list[Act]:
    """All that can be ordered; the documentation page is made from this list."""
    people, world = server.people, server.world

    def fail(kind: str, **order: Any) -> Fault:
        return server.fail(kind, **order)

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
        Act("forward", people.forward),
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
        Act("fail", fail, open_to=server.faults.add),
        Act("heal", server.heal),
        Act("limits", limits, open_to=LimitSettings),
        Act("advance", advance),
        Act("clear", clear),
    ]


def arguments(act: Act, values: Json) -> Json:
    """Raises SandboxError that names what is missing or unknown."""
    known = {p.name for p in act.parameters}
    required = {p.name for p in act.parameters if p.default is inspect.Parameter.empty}
    missing, unknown = sorted(required - set(values)), sorted(set(values) - known)
    if missing or unknown:
        raise SandboxError(f"{act.name}: missing {missing}, unknown {unknown}")
    return values


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return list(inspect.signature(function).parameters.values())
