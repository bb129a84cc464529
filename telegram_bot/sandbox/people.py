"""What people do in the sandbox: they write, send files and press buttons; the bot gets updates."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from .entities.fix import fix_text
from .entities.units import length
from .errors import ApiError, SandboxError
from .media import document_media, photo_media, video_media
from .methods.sending import MAX_CAPTION, MAX_TEXT
from .model import Callback, Json, Message, Person
from .standing import Standing
from .view import message_json
from .world import ANONYMOUS_ADMIN

PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


class People(Standing):
    """Acts of people on a world. All raise SandboxError when no person in Telegram could do that."""

    def person(
        self,
        user_id: int,
        first_name: str,
        username: str | None = None,
        last_name: str | None = None,
        language_code: str = "ru",
    ) -> Person:
        """Create the person, or rename them; what they have done with the bot stays."""
        if user_id <= 0 or user_id == self._world.bot_id or not first_name.strip():
            raise SandboxError("a person needs a positive id of their own and a first name")
        person = self._world.people.get(user_id) or Person(id=user_id, first_name=first_name)
        person.first_name, person.last_name = first_name, last_name
        person.username, person.language_code = username, language_code
        self._world.save_person(person)
        return person

    def write(
        self,
        user_id: int,
        text: str,
        chat_id: int | None = None,
        *,
        reply_to: int | None = None,
        anonymous: bool = False,
    ) -> Message:
        """Write as a person; writing in private starts the bot. ``anonymous`` writes as a group's administrator."""
        text, entities = fix_text(text, [])
        if not text:
            raise SandboxError("an empty message cannot be sent")
        if length(text) > MAX_TEXT:
            raise SandboxError(f"a message has at most {MAX_TEXT} characters")
        place = self._place(user_id, chat_id)
        if anonymous and place > 0:
            raise SandboxError("nobody is anonymous in a private chat")
        sender = ANONYMOUS_ADMIN if anonymous else user_id
        return self._add(place, sender, text=text, entities=entities, reply_to=reply_to)

    def start(self, user_id: int, payload: str = "") -> Message:
        """Press Start, or open a deep link with its payload."""
        if not PAYLOAD.fullmatch(payload):
            raise SandboxError("a start payload has at most 64 characters A-Z, a-z, 0-9, _ and -")
        return self.write(user_id, f"/start {payload}".strip())

    def edit(self, user_id: int, chat_id: int, message_id: int, text: str) -> Message:
        message = self._own(user_id, chat_id, message_id)
        message.text, message.entities = fix_text(text, [])
        message.edited_at = self._world.now
        self._world.save_message(message)
        self._tell_bot("edited_message", message)
        return message

    def delete(self, user_id: int, chat_id: int, message_id: int) -> None:
        """The bot is not told, as in Telegram."""
        message = self._own(user_id, chat_id, message_id)
        message.deleted = True
        self._world.save_message(message)

    def photo(
        self,
        user_id: int,
        bodies: Sequence[bytes],
        caption: str | None = None,
        *,
        chat_id: int | None = None,
        album: str | None = None,
        reply_to: int | None = None,
    ) -> list[Message]:
        """Send photos; more than one are an album, and so are all that share ``album``."""
        place = self._place(user_id, chat_id)
        try:
            media = [photo_media(self._world, body) for body in bodies]
        except ApiError as error:
            raise SandboxError(error.description) from None
        return self._send_media(place, user_id, media, caption, album, reply_to)

    def document(
        self,
        user_id: int,
        files: Sequence[tuple[str, str, bytes]],
        caption: str | None = None,
        *,
        chat_id: int | None = None,
        album: str | None = None,
        reply_to: int | None = None,
    ) -> list[Message]:
        """Send files given as name, MIME type and bytes."""
        place = self._place(user_id, chat_id)
        try:
            media = [
                document_media(self._world, body, name=name, mime_type=mime) for name, mime, body in files
            ]
        except ApiError as error:
            raise SandboxError(error.description) from None
        return self._send_media(place, user_id, media, caption, album, reply_to)

    def video(
        self,
        user_id: int,
        files: Sequence[tuple[str, str, bytes]],
        caption: str | None = None,
        *,
        chat_id: int | None = None,
        album: str | None = None,
        reply_to: int | None = None,
    ) -> list[Message]:
        """Send videos (MP4) given as name, MIME type and bytes."""
        place = self._place(user_id, chat_id)
        try:
            media = [video_media(self._world, body, name=name, mime_type=mime) for name, mime, body in files]
        except ApiError as error:
            raise SandboxError(error.description) from None
        return self._send_media(place, user_id, media, caption, album, reply_to)

    def forward(
        self, user_id: int, from_chat_id: int, message_id: int, *, chat_id: int | None = None
    ) -> list[Message]:
        """Send on what is in a chat; of an album all of it, as an album of its own."""
        original = self._world.message(from_chat_id, message_id)
        if original is None or original.is_service:
            raise SandboxError(f"there is no message {message_id} to forward")
        place = self._place(user_id, chat_id)
        together = [original]
        if original.album is not None:
            together = [
                message
                for message in self._world.messages[from_chat_id].values()
                if message.album == original.album and not message.deleted
            ]
        album = str(secrets.randbits(53)) if len(together) > 1 else None
        came_from = {
            "forward_origin": {
                "type": "user",
                "sender_user": self._world.user(original.sender_id),
                "date": original.date,
            }
        }
        return [
            self._add(
                place,
                user_id,
                text=message.text,
                entities=message.entities,
                media=message.media,
                album=album,
                extra=came_from,
            )
            for message in together
        ]

    def _send_media(
        self,
        place: int,
        user_id: int,
        media: list[Json],
        caption: str | None,
        album: str | None,
        reply_to: int | None,
    ) -> list[Message]:
        text, entities = fix_text(caption or "", [])
        if length(text) > MAX_CAPTION:
            raise SandboxError(f"a caption has at most {MAX_CAPTION} characters")
        if album is None and len(media) > 1:
            album = str(secrets.randbits(53))
        sent = []
        for number, shown in enumerate(media):
            words, marks = (text, entities) if number == 0 else ("", [])
            answered = reply_to if number == 0 else None
            sent.append(
                self._add(
                    place, user_id, text=words, entities=marks, media=shown, album=album, reply_to=answered
                )
            )
        return sent

    def press(self, user_id: int, chat_id: int, message_id: int, button: str) -> Callback:
        """Press the button with this text or data, which must be there now."""
        message = self._world.message(chat_id, message_id)
        rows = ((message.markup if message else None) or {}).get("inline_keyboard", [])
        flat = [known for row in rows for known in row]
        found = [b for b in flat if b.get("callback_data") == button] or [
            b for b in flat if b["text"] == button
        ]
        if not found:
            raise SandboxError(f"message {message_id} has no button {button!r}")
        if "callback_data" not in found[0]:
            raise SandboxError(f"the button {button!r} opens an address and tells the bot nothing")
        return self.press_raw(user_id, chat_id, message_id, found[0]["callback_data"])

    def press_raw(self, user_id: int, chat_id: int, message_id: int, data: str) -> Callback:
        """What a forged client could send: any data, any message, also one that is gone."""
        person = self._world.person(user_id)
        chat = self._world.chat(chat_id)
        callback = Callback(
            id=str(secrets.randbits(62)),
            user_id=user_id,
            chat_id=chat_id,
            message_id=message_id,
            data=data,
            at=self._world.clock.now(),
        )
        self._world.save_callback(callback)
        message = self._world.message(chat_id, message_id)
        shown = {"chat": chat.as_chat(), "message_id": message_id, "date": 0}
        self._world.updates.add(
            "callback_query",
            {
                "id": callback.id,
                "from": person.as_user(),
                "message": message_json(self._world, message) if message else shown,
                "chat_instance": str(abs(chat_id) * 7919),
                "data": data,
            },
        )
        return callback
