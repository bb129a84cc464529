"""Keyboards under messages, refused where Telegram refuses them."""

from __future__ import annotations

from typing import Any

from .entities.links import checked_url
from .errors import ApiError, bad_request
from .model import Json
from .params import Params

MAX_BUTTONS = 100
MAX_DATA = 64
"""Bytes of callback_data in UTF-8."""

_OTHER_ACTIONS = (
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_KEYBOARDS = ("keyboard", "remove_keyboard", "force_reply")


def read_markup(params: Params) -> tuple[Json | None, Json | None]:
    """The inline keyboard and the reply keyboard of a call; at most one of them is there. Raises ApiError."""
    markup = params.structure("reply_markup", what="reply keyboard markup")
    if markup is None or markup == "":
        return None, None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"]), None
    if any(name in markup for name in _KEYBOARDS):
        return None, markup
    return None, None


def _inline(rows: Any) -> Json | None:
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" must be of type Array')
    for row in rows:
        if not isinstance(row, list):
            raise bad_request('field "inline_keyboard" must be an Array of Arrays')
    keyboard = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, keyboard)) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": keyboard} if keyboard else None


def _button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise _unparsed("InlineKeyboardButton must be an Object")
    text = button.get("text")
    if text is None:
        raise _unparsed('Can\'t find field "text"')
    if not isinstance(text, str):
        raise _unparsed('Field "text" must be of type String')
    if not text.strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    checked: Json = {"text": text}
    if button.get("url"):
        return checked | {"url": _button_url(str(button["url"]))}
    if "callback_data" in button:
        return checked | {"callback_data": _data(button["callback_data"])}
    for action in _OTHER_ACTIONS:
        if action in button:
            return checked | {action: button[action]}
    raise _unparsed("Text buttons are unallowed in the inline keyboard")


def _data(data: Any) -> str:
    if not isinstance(data, str):
        raise _unparsed('Field "callback_data" must be of type String')
    if not data or len(data.encode("utf-8", "replace")) > MAX_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    return data


def _button_url(url: str) -> str:
    try:
        return checked_url(url)
    except ValueError as error:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {error}") from None


def _unparsed(reason: str) -> ApiError:
    return bad_request(f"can't parse inline keyboard button: {reason}")
