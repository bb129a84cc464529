"""Photos and documents in both directions, with Telegram's sizes and refusals."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge
from aiogram.types import BufferedInputFile, InputMediaDocument, InputMediaPhoto, MediaUnion, Message

from telegram_bot.sandbox.errors import SandboxError
from telegram_bot.sandbox.server import Sandbox
from tests.evidence.files import video

from .conftest import ANNA, Client, png

MB = 1024 * 1024


def updates_with_photos(client: Client) -> list[Message]:
    updates = client.aiogram(lambda bot: bot.get_updates())
    return [u.message for u in updates if u.message is not None and u.message.photo]


def test_an_album_of_a_person_arrives_and_can_be_downloaded(sandbox: Sandbox, client: Client) -> None:
    pictures = [png(2000, 100), png(50, 40)]
    sandbox.photo(ANNA, pictures, caption="Осмотр #17")

    first, second = updates_with_photos(client)

    assert first.media_group_id == second.media_group_id is not None
    assert (first.caption, second.caption) == ("Осмотр #17", None)
    assert first.photo is not None
    assert [(size.width, size.height) for size in first.photo] == [
        (90, 4),
        (320, 16),
        (800, 40),
        (1280, 64),
        (2000, 100),
    ]
    assert len({size.file_id for size in first.photo}) == 5

    async def download(bot: Bot) -> bytes:
        assert first.photo is not None
        target = io.BytesIO()
        await bot.download(first.photo[-1].file_id, destination=target)
        return target.getvalue()

    assert client.aiogram(download) == pictures[0]


def test_one_photo_is_no_album(sandbox: Sandbox, client: Client, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(png())
    sandbox.photo(ANNA, path)

    [message] = updates_with_photos(client)
    assert message.media_group_id is None


def test_a_document_keeps_its_name_and_kind(sandbox: Sandbox, client: Client) -> None:
    sandbox.document(ANNA, b"%PDF-1.7", name="../акт.pdf", mime_type="application/pdf", caption="акт")

    message = client.aiogram(lambda bot: bot.get_updates())[-1].message
    assert message is not None
    assert message.document is not None
    assert (message.document.file_name, message.document.mime_type, message.document.file_size) == (
        "акт.pdf",
        "application/pdf",
        8,
    )


def test_a_file_over_20_mb_cannot_be_downloaded(sandbox: Sandbox, client: Client) -> None:
    sandbox.document(ANNA, b"0" * (20 * MB), name="fits.bin")
    sandbox.document(ANNA, b"0" * (20 * MB + 1), name="big.bin")
    fits, big = [u["message"]["document"] for u in client.ok("getUpdates")[-2:]]

    path = client.ok("getFile", file_id=fits["file_id"])["file_path"]
    assert len(client.send(f"/file/bot{client.token}/{path}")[1]) == 20 * MB
    assert client.refused("getFile", file_id=big["file_id"]) == (400, "Bad Request: file is too big")


def test_unknown_files_are_refused(client: Client) -> None:
    assert client.refused("getFile", file_id="nothing") == (
        400,
        "Bad Request: wrong file_id or the file is temporarily unavailable",
    )
    assert client.send(f"/file/bot{client.token}/photos/file_0.png")[0] == 404
    assert client.send("/file/bot1:wrong/photos/file_0.png")[0] == 401


def test_the_bot_sends_a_photo_and_sends_it_again_by_its_id(sandbox: Sandbox, client: Client) -> None:
    async def talk(bot: Bot) -> None:
        sent = await bot.send_photo(
            ANNA, BufferedInputFile(png(600, 400), "a.png"), caption="<b>a</b>", parse_mode="HTML"
        )
        assert sent.photo is not None
        assert (sent.photo[-1].width, sent.photo[-1].height, sent.html_text) == (600, 400, "<b>a</b>")
        again = await bot.send_photo(ANNA, sent.photo[0].file_id)
        assert again.photo == sent.photo
        await sent.edit_caption(caption="b")
        with pytest.raises(TelegramBadRequest, match="can't use file of type Photo as Document"):
            await bot.send_document(ANNA, sent.photo[0].file_id)

    client.aiogram(talk)

    first, second = sandbox.sent(ANNA)
    assert first.file is not None
    assert (first.text, first.file.kind, first.file.width) == ("b", "photo", 600)
    assert client.send(first.file.url)[1] == png(600, 400)
    assert second.file is not None


def test_the_bot_sends_an_album(sandbox: Sandbox, client: Client) -> None:
    async def talk(bot: Bot) -> list[Message]:
        photos: list[MediaUnion] = [
            InputMediaPhoto(media=BufferedInputFile(png(), f"{n}.png"), caption=f"{n}") for n in range(3)
        ]
        return await bot.send_media_group(ANNA, photos)

    sent = client.aiogram(talk)

    assert len({message.media_group_id for message in sent}) == 1
    assert [message.text for message in sandbox.sent(ANNA)] == ["0", "1", "2"]


def test_an_album_does_not_mix_kinds(sandbox: Sandbox, client: Client) -> None:
    async def talk(bot: Bot) -> None:
        with pytest.raises(TelegramBadRequest, match="can't mix"):
            await bot.send_media_group(
                ANNA,
                [
                    InputMediaPhoto(media=BufferedInputFile(png(), "a.png")),
                    InputMediaDocument(media=BufferedInputFile(b"1", "b.txt")),
                ],
            )

    client.aiogram(talk)
    assert sandbox.sent(ANNA) == []


def test_what_is_no_photo_is_refused(sandbox: Sandbox, client: Client) -> None:
    async def talk(bot: Bot) -> None:
        for body, reason in (
            (b"<svg/>", "IMAGE_PROCESS_FAILED"),
            (b"", "file must be non-empty"),
            (png(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
            (b"0" * (10 * MB + 1), "too big for a photo"),
        ):
            with pytest.raises(TelegramBadRequest, match=reason):
                await bot.send_photo(ANNA, BufferedInputFile(body, "a.png"))
        with pytest.raises(TelegramBadRequest, match="message caption is too long"):
            await bot.send_photo(ANNA, BufferedInputFile(png(), "a.png"), caption="a" * 1025)

    client.aiogram(talk)
    assert client.refused("sendPhoto", chat_id=ANNA) == (400, "Bad Request: there is no photo in the request")
    with pytest.raises(SandboxError, match="IMAGE_PROCESS_FAILED"):
        sandbox.photo(ANNA, b"no picture")


def test_an_upload_over_50_mb_is_too_large(sandbox: Sandbox, client: Client) -> None:
    async def talk(bot: Bot) -> None:
        with pytest.raises(TelegramEntityTooLarge):
            await bot.send_document(ANNA, BufferedInputFile(b"0" * (50 * MB + 1), "a.bin"))

    client.aiogram(talk, timeout=60)
    assert sandbox.sent(ANNA) == []


def test_the_media_of_a_message_can_be_replaced(sandbox: Sandbox, client: Client) -> None:
    async def talk(bot: Bot) -> None:
        sent = await bot.send_photo(ANNA, BufferedInputFile(png(10, 10), "a.png"))
        edited = await sent.edit_media(
            InputMediaPhoto(media=BufferedInputFile(png(20, 20), "b.png"), caption="b")
        )
        assert isinstance(edited, Message)
        assert edited.photo is not None
        assert edited.photo[-1].width == 20

    client.aiogram(talk)
    assert sandbox.sent(ANNA)[0].text == "b"


def test_a_video_of_a_person_has_its_size_and_length(sandbox: Sandbox, client: Client) -> None:
    sandbox.video(ANNA, video(width=320, height=240), name="clip.mp4", caption="п. 11")

    message = client.aiogram(lambda bot: bot.get_updates())[-1].message
    assert message is not None
    assert message.video is not None
    assert (message.video.width, message.video.height) == (320, 240)
    assert (message.video.file_name, message.video.mime_type, message.caption) == (
        "clip.mp4",
        "video/mp4",
        "п. 11",
    )
    path = client.ok("getFile", file_id=message.video.file_id)["file_path"]
    assert client.send(f"/file/bot{client.token}/{path}")[1] == video(width=320, height=240)


def test_what_is_no_video_is_sent_as_a_file_instead(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="VIDEO_CONTENT_TYPE_INVALID"):
        sandbox.video(ANNA, b"no video")


def test_an_album_is_forwarded_whole_as_an_album_of_its_own(sandbox: Sandbox, client: Client) -> None:
    first, _second = sandbox.photo(ANNA, [png(), png()], caption="Осмотр")
    sandbox.forward(ANNA, ANNA, first)

    sent, again = updates_with_photos(client)[:2], updates_with_photos(client)[2:]
    assert [message.caption for message in again] == ["Осмотр", None]
    assert again[0].media_group_id == again[1].media_group_id != sent[0].media_group_id
    assert again[0].forward_origin is not None
    assert [m.photo for m in again] == [m.photo for m in sent]


def test_a_photo_can_answer_a_message(sandbox: Sandbox, client: Client) -> None:
    asked = client.ok("sendMessage", chat_id=ANNA, text="Фото?")["message_id"]
    sandbox.photo(ANNA, png(), reply_to=asked)
    (message,) = updates_with_photos(client)
    assert message.reply_to_message is not None
    assert message.reply_to_message.message_id == asked
