"""What the inbox is made of."""

from dataclasses import dataclass
from datetime import datetime

from panel.words import Tone

SHOWN = 20
"""Of each kind so many rows are shown; the count goes on."""

COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Press:
    """A button of a row: a POST to `url` with these fields."""

    url: str
    label: str
    fields: tuple[tuple[str, object], ...] = ()
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """A button that asks something first, in the window with this name; what is answered goes to `url`.

    `seen`: the newest escalation that the row shows.
    """

    window: str
    url: str
    label: str
    ref: str
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to do: what it is, since when, where to look, and what can be done at once."""

    title: str
    text: str
    tone: Tone
    since: datetime | None = None
    link: str = ""
    link_label: str = ""
    presses: tuple[Press, ...] = ()
    asks: tuple[Ask, ...] = ()
