"""Text messages, copies, "typing…" and reactions."""

from __future__ import annotations

from ..errors import bad_request
from ..model import Json
from ..params import Params
from ..world import World
from .sending import any_message, deliver, read_caption, read_text

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}


def send_message(world: World, params: Params) -> Json:
    text, entities = read_text(world, params)
    return deliver(world, params, text=text, entities=entities)


def copy_message(world: World, params: Params) -> Json:
    source = world.known_chat(params.text("from_chat_id"))
    original = world.message(source.id, params.integer("message_id"))
    if original is None or original.is_service:
        raise bad_request("message to copy not found")
    text, entities = original.text, original.entities
    if "caption" in params.values:
        text, entities = read_caption(world, params)
    sent = deliver(world, params, text=text, entities=entities, media=original.media)
    return {"message_id": sent["message_id"]}


def send_chat_action(world: World, params: Params) -> bool:
    action = params.text("action")
    if not action:
        raise bad_request("parameter action is required")
    if action.lower() not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = world.writable_chat(params.text("chat_id"))
    world.changes.tell("action", chat_id=chat.id, action=action.lower())
    return True


def set_message_reaction(world: World, params: Params) -> bool:
    _, message = any_message(world, params, what="message to react")
    reactions = params.structure("reaction", what="reaction types") or []
    if not isinstance(reactions, list):
        raise bad_request("expected an Array of ReactionType")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    message.reaction = next((str(r.get("emoji", "")) for r in reactions if isinstance(r, dict)), None)
    world.save_message(message)
    return True
