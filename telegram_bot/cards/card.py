"""What a template of messages is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from core.models import Message

Context = dict[str, Any]
Loader = Callable[[Sequence[Message], datetime], Mapping[int, Context]]
"""What the templates of these messages show, by message id, read in a fixed number of queries.

A message that is left out is no longer true: it is not sent.
"""

Button = tuple[str, str]
"""Label and callback data (at most 64 bytes)."""

Keyboard = list[list[Button]]
Buttons = Callable[[Context], Keyboard]


def no_buttons(_context: Context) -> Keyboard:
    return []


@dataclass(frozen=True, slots=True)
class Card:
    """`title` names it in the panel; `telegram/<code>.html` is its text.

    mergeable: a flood of these to one addressee becomes one summary.
    is_reply: answers what a person just asked; nobody is alarmed when it can't be delivered.
    anew_when_gone: when the card that it edits was deleted, it is worth a new one.
    one_at_a_time: a new one of a thread takes the buttons from the one before.
    vanishes: ... and the one before is deleted, where Telegram allows it.
    silent: answers what the person has just done, with the chat open: their phone makes no sound.
    anew_by_letter: when the first word went by e-mail, it is worth another letter.
    """

    title: str | Promise
    load: Loader
    buttons: Buttons = no_buttons
    mergeable: bool = False
    is_reply: bool = False
    anew_when_gone: bool = False
    anew_by_letter: bool = False
    one_at_a_time: bool = False
    vanishes: bool = False
    silent: bool = False
