"""About the bot itself: who it is, its commands, and the webhook that the sandbox does not have."""

from __future__ import annotations

import re

from ..errors import bad_request
from ..model import Json
from ..params import Params
from ..world import World

MAX_COMMANDS = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def get_me(world: World, params: Params) -> Json:
    return world.bot_user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": world.reads_groups,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def set_webhook(world: World, params: Params) -> bool:
    if not params.text("url"):
        return delete_webhook(world, params)
    raise bad_request("bad webhook: the sandbox serves getUpdates only")


def delete_webhook(world: World, params: Params) -> bool:
    if params.flag("drop_pending_updates"):
        world.updates.clear()
    return True


def get_webhook_info(world: World, params: Params) -> Json:
    return {"url": "", "has_custom_certificate": False, "pending_update_count": len(world.updates)}


def set_my_commands(world: World, params: Params) -> bool:
    commands = params.structure("commands", what="commands")
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    checked = [_command(command) for command in commands]
    world.settings.setdefault("commands", {})[_scope(params)] = checked
    world.save_settings()
    return True


def get_my_commands(world: World, params: Params) -> list[Json]:
    commands: list[Json] = world.settings.get("commands", {}).get(_scope(params), [])
    return commands


def delete_my_commands(world: World, params: Params) -> bool:
    world.settings.get("commands", {}).pop(_scope(params), None)
    world.save_settings()
    return True


def commands_offered(world: World, chat_id: int, *, language: str, is_private: bool) -> list[Json]:
    """Those of the narrowest scope that has any, as Telegram chooses them for a chat's menu."""
    everywhere = "all_private_chats" if is_private else "all_group_chats"
    known: dict[str, list[Json]] = world.settings.get("commands", {})
    for scope in (f"chat:{chat_id}:", f"{everywhere}::", "default::"):
        for code in (language, ""):
            if found := known.get(f"{scope}:{code}"):
                return found
    return []


def set_chat_menu_button(world: World, params: Params) -> bool:
    button = params.structure("menu_button", what="menu button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse menu button: Unsupported type specified")
    world.settings.setdefault("menu_buttons", {})[params.text("chat_id")] = button
    world.save_settings()
    return True


def get_chat_menu_button(world: World, params: Params) -> Json:
    buttons = world.settings.get("menu_buttons", {})
    button: Json = buttons.get(params.text("chat_id")) or buttons.get("") or {"type": "default"}
    return button


def _scope(params: Params) -> str:
    scope = params.structure("scope", what="bot command scope") or {"type": "default"}
    if not isinstance(scope, dict):
        raise bad_request("can't parse BotCommandScope: BotCommandScope must be an Object")
    parts = (scope.get("type", "default"), scope.get("chat_id", ""), scope.get("user_id", ""))
    return ":".join([*map(str, parts), params.text("language_code")])


def _command(command: object) -> Json:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = str(command.get("command", "")), str(command.get("description", ""))
    name = name.removeprefix("/")
    if not _COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}
