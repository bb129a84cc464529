"""Answers to pressed buttons."""

from __future__ import annotations

from ..entities.units import length
from ..errors import bad_request, query_is_too_old
from ..params import Params
from ..world import World

VALID_SECONDS = 15 * 60
MAX_ANSWER = 200


def answer_callback_query(world: World, params: Params) -> bool:
    """Once and within a quarter of an hour. Raises ApiError."""
    text = params.text("text")
    if length(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    callback = world.callbacks.get(params.text("callback_query_id"))
    now = world.clock.now()
    if callback is None or callback.answered_at is not None or now - callback.at > VALID_SECONDS:
        raise query_is_too_old()
    callback.answered_at = now
    callback.text = text or None
    callback.show_alert = params.flag("show_alert")
    callback.url = params.text("url") or None
    world.save_callback(callback)
    world.changes.tell(
        "answer",
        query_id=callback.id,
        chat_id=callback.chat_id,
        user_id=callback.user_id,
        text=callback.text,
        show_alert=callback.show_alert,
    )
    return True
