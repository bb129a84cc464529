"""The text of a call: parse mode or explicit entities in, text with entities out, refusals as the Bot API's."""

from __future__ import annotations

from typing import Any

from ..errors import ApiError, bad_request
from ..params import Params
from .fix import EntityError, fix_text
from .html import MarkupError, parse_html
from .links import checked_url
from .markdown import parse_markdown, parse_markdown_v2

Entity = dict[str, Any]

MAX_ENTITIES = 100
_AUTOMATIC = {
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
    "bank_card_number",
}
_PLAIN = {
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
}
_PARSERS = {"html": parse_html, "markdownv2": parse_markdown_v2, "markdown": parse_markdown}


def formatted_text(
    params: Params, *, text: str, parse_mode: str, entities_name: str, people: dict[int, Any]
) -> tuple[str, list[Entity]]:
    """Raises ApiError 400. ``people`` by id: a mention of somebody unknown is dropped, as Telegram does."""
    mode = parse_mode.strip().lower()
    if mode and mode != "none":
        text, entities = _parsed(text, mode)
    else:
        entities = _given(params.structure(entities_name, what="entities"))
    try:
        text, entities = fix_text(text, [e for e in map(_resolver(people), entities) if e is not None])
    except EntityError as error:
        raise bad_request(_lowered(str(error))) from None
    return text, entities[:MAX_ENTITIES]


def _parsed(text: str, mode: str) -> tuple[str, list[Entity]]:
    parser = _PARSERS.get(mode)
    if parser is None:
        raise bad_request("unsupported parse_mode")
    try:
        return parser(text)
    except MarkupError as error:
        raise bad_request(f"can't parse entities: {error}") from None


def _given(values: Any) -> list[Entity]:
    """Explicit entities; what is no array is ignored, as Telegram ignores it. Raises ApiError."""
    if not isinstance(values, list):
        return []
    return [entity for value in values if (entity := _checked(value)) is not None]


def _checked(value: Any) -> Entity | None:
    """One MessageEntity of a call; None for those that Telegram finds by itself."""
    if not isinstance(value, dict):
        raise _unparsed("expected an Object")
    offset, size = _number(value, "offset"), _number(value, "length")
    kind = value.get("type")
    if offset < 0 or size <= 0 or kind in _AUTOMATIC:
        return None
    return {"type": kind, "offset": offset, "length": size} | _varying(kind, value)


def _varying(kind: Any, value: dict[str, Any]) -> Entity:
    """What an entity of this kind has besides its place."""
    if kind in _PLAIN:
        return {}
    if kind == "pre":
        return {"language": str(value["language"])} if value.get("language") else {}
    if kind == "text_link":
        return {"url": _checked_link(str(value.get("url") or ""))}
    if kind == "text_mention" and isinstance(value.get("user"), dict):
        return {"user": {"id": _number(value["user"], "id")}}
    if kind == "custom_emoji":
        return {"custom_emoji_id": str(value.get("custom_emoji_id", ""))}
    raise _unparsed("Unsupported type specified")


def _number(value: dict[str, Any], name: str) -> int:
    number = value.get(name)
    if number is None:
        raise _unparsed(f'Can\'t find field "{name}"')
    if not isinstance(number, int) or isinstance(number, bool):
        raise _unparsed(f'Field "{name}" must be of type Number')
    return number


def _unparsed(reason: str) -> ApiError:
    return bad_request(f"can't parse MessageEntity: {reason}")


def _checked_link(url: str) -> str:
    try:
        return checked_url(url)
    except ValueError as error:
        raise bad_request(f"entity URL '{url}' is invalid: {error}") from None


def _resolver(people: dict[int, Any]) -> Any:
    def resolve(entity: Entity) -> Entity | None:
        if entity["type"] != "text_mention":
            return entity
        person = people.get(entity["user"]["id"])
        return entity | {"user": person.as_user()} if person is not None else None

    return resolve


def _lowered(reason: str) -> str:
    return reason[0].lower() + reason[1:]
