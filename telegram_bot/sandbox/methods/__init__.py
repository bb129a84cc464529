"""The methods of the Bot API that the sandbox speaks, by lower-case name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..params import Params
from ..world import World
from . import bot, callbacks, chats, edits, files, media, messages

Method = Callable[[World, Params], Any]

METHODS: dict[str, Method] = {
    "getme": bot.get_me,
    "setwebhook": bot.set_webhook,
    "deletewebhook": bot.delete_webhook,
    "getwebhookinfo": bot.get_webhook_info,
    "setmycommands": bot.set_my_commands,
    "getmycommands": bot.get_my_commands,
    "deletemycommands": bot.delete_my_commands,
    "setchatmenubutton": bot.set_chat_menu_button,
    "getchatmenubutton": bot.get_chat_menu_button,
    "sendmessage": messages.send_message,
    "copymessage": messages.copy_message,
    "sendchataction": messages.send_chat_action,
    "setmessagereaction": messages.set_message_reaction,
    "sendphoto": media.send_photo,
    "senddocument": media.send_document,
    "sendmediagroup": media.send_media_group,
    "editmessagetext": edits.edit_message_text,
    "editmessagecaption": edits.edit_message_caption,
    "editmessagereplymarkup": edits.edit_message_reply_markup,
    "editmessagemedia": edits.edit_message_media,
    "deletemessage": edits.delete_message,
    "deletemessages": edits.delete_messages,
    "pinchatmessage": edits.pin_chat_message,
    "unpinchatmessage": edits.unpin_chat_message,
    "answercallbackquery": callbacks.answer_callback_query,
    "getchat": chats.get_chat,
    "getchatmember": chats.get_chat_member,
    "getchatadministrators": chats.get_chat_administrators,
    "getchatmembercount": chats.get_chat_member_count,
    "leavechat": chats.leave_chat,
    "getfile": files.get_file,
}
"""All but ``getUpdates``, which waits and therefore lives with the server."""
