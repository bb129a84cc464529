"""What the bot may know of a chat and its members."""

from __future__ import annotations

from ..errors import bad_request
from ..model import Group, Json, Person
from ..params import Params
from ..view import message_json
from ..world import World

_ADMINISTRATOR = {
    "can_be_edited": False,
    "is_anonymous": False,
    "can_manage_chat": True,
    "can_delete_messages": True,
    "can_manage_video_chats": True,
    "can_restrict_members": True,
    "can_promote_members": False,
    "can_change_info": True,
    "can_invite_users": True,
    "can_post_stories": False,
    "can_edit_stories": False,
    "can_delete_stories": False,
    "can_pin_messages": True,
    "can_send_welcome_messages": False,
}
_PERMISSIONS = [
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
]


def get_chat(world: World, params: Params) -> Json:
    """The Bot API's ChatFullInfo."""
    chat = world.known_chat(params.text("chat_id"))
    full = chat.as_chat() | {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    if isinstance(chat, Person):
        if chat.username:
            full["active_usernames"] = [chat.username]
    else:
        refusal = world.refusal_to_write(chat)
        if refusal is not None:
            raise refusal
        full["permissions"] = dict.fromkeys(_PERMISSIONS, True)
    pinned = world.message(chat.id, world.pinned.get(chat.id, 0))
    if pinned is not None:
        full["pinned_message"] = message_json(world, pinned, with_reply=False)
    return full


def get_chat_member(world: World, params: Params) -> Json:
    group = _group(world, params)
    user_id = params.integer("user_id")
    if not user_id:
        raise bad_request("invalid user_id specified")
    if user_id != world.bot_id and user_id not in world.people:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return member_json(world, group, user_id)


def get_chat_administrators(world: World, params: Params) -> list[Json]:
    group = _group(world, params)
    found = [member_json(world, group, user_id) for user_id in [*group.members, world.bot_id]]
    return [member for member in found if member["status"] in ("creator", "administrator")]


def get_chat_member_count(world: World, params: Params) -> int:
    return len(_group(world, params).members) + 1


def leave_chat(world: World, params: Params) -> bool:
    group = _group(world, params)
    group.bot_status = "left"
    world.save_group(group)
    return True


def member_json(world: World, group: Group, user_id: int) -> Json:
    """The Bot API's ChatMember; the first member is the group's creator."""
    user = world.user(user_id)
    if user_id == world.bot_id:
        return status_json(user, group.bot_status)
    if user_id not in group.members:
        return {"user": user, "status": "left"}
    if user_id == group.members[0]:
        return {"user": user, "status": "creator", "is_anonymous": False}
    return {"user": user, "status": "member"}


def status_json(user: Json, status: str) -> Json:
    member: Json = {"user": user, "status": status}
    if status == "administrator":
        member |= _ADMINISTRATOR
    elif status == "kicked":
        member["until_date"] = 0
    return member


def _group(world: World, params: Params) -> Group:
    chat = world.writable_chat(params.text("chat_id"))
    if isinstance(chat, Person):
        raise bad_request("there are no members in the private chat")
    return chat
