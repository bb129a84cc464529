"""What a name and the first bytes tell: no file is decoded here."""

import struct

import pytest

from orders.evidence_files.examining import SENTENCES
from orders.policies.files import (
    BYTES_AT_MOST,
    JPEG,
    NAME_AT_MOST,
    PDF,
    REASONS,
    BadFile,
    clean_name,
    extension_of,
    type_of,
)

START = b"\xff\xd8\xff\xe0"


def box(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def branded(main: bytes, *others: bytes) -> bytes:
    return box(b"ftyp", main + bytes(4) + b"".join(others))


def refused(content: bytes, name: str) -> str:
    with pytest.raises(BadFile) as bad:
        type_of(content, name)
    return bad.value.reason


def test_every_reason_has_its_sentence() -> None:
    assert SENTENCES.keys() == REASONS.keys()
    assert set(REASONS.values()) == {
        "empty", "too_large", "not_allowed", "wrong_extension", "broken", "too_many_pixels"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (START, "a.jpg", "jpeg"),
        (START, "A.JPEG", "jpeg"),
        (START, "a.jfif", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a.webp", "webp"),
        (b"%PDF-1.7\n%%EOF", "a.pdf", "pdf"),
        (b"%PDF-1.7\n%%EOF\r\n\0\0 \n", "a.pdf", "pdf"),
        (branded(b"isom"), "a.mp4", "mp4"),
        (branded(b"3gp4", b"3gp4", b"isom") + box(b"mdat", b"x"), "a.mp4", "mp4"),
        (branded(b"mp42") + struct.pack(">I4sQ", 1, b"mdat", 20) + b"long", "a.m4v", "mp4"),
        (branded(b"mp42") + struct.pack(">I4s", 0, b"mdat") + b"to the end", "a.mp4", "mp4"),
    ],
)
def test_the_type_is_what_the_first_bytes_say(content: bytes, name: str, code: str) -> None:
    assert type_of(content, name).code == code


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.jpg", "empty"),
        (START + bytes(BYTES_AT_MOST), "a.jpg", "too_large"),
        (b"GIF89a", "a.gif", "unknown_type"),
        (b"MZ\x90", "a.jpg", "unknown_type"),
        (b"PK\x03\x04", "a.pdf", "unknown_type"),
        (b"\n%PDF-1.7\n%%EOF", "a.pdf", "unknown_type"),
        (b"<html>%PDF-1.7\n%%EOF", "a.pdf", "unknown_type"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "a.mp4", "unknown_type"),
        (branded(b"heic", b"mif1"), "a.heic", "heic"),
        (branded(b"mif1", b"heic"), "a.jpg", "heic"),
        (branded(b"avif", b"mif1"), "a.avif", "heic"),
        (branded(b"qt  ", b"qt  "), "a.mov", "quicktime"),
        (branded(b"M4A ", b"M4A "), "a.mp4", "unknown_type"),
        (START, "a.png", "wrong_extension"),
        (START, "a.jpg.exe", "wrong_extension"),
        (START, "a", "wrong_extension"),
        (START, "", "wrong_extension"),
        (START, "photo\u202egpj.exe", "wrong_extension"),
        (b"%PDF-1.7\nand then it ends", "a.pdf", "cut_short"),
        (b"%PDF-1.7\n%%EOF\n<script>", "a.pdf", "two_in_one"),
        (branded(b"isom") + box(b"mdat", b"whole")[:-1], "a.mp4", "cut_short"),
        (branded(b"isom") + b"\0\0", "a.mp4", "cut_short"),
        (branded(b"isom") + struct.pack(">I4sQ", 1, b"mdat", 2**63), "a.mp4", "cut_short"),
        (branded(b"isom") + struct.pack(">I", 4) * 6, "a.mp4", "cut_short"),
        (branded(b"isom") + box(b"free") * 20_000, "a.mp4", "cut_short"),
    ],
)
def test_what_is_refused_before_it_is_opened(content: bytes, name: str, reason: str) -> None:
    assert refused(content, name) == reason


def test_the_largest_file_that_is_taken() -> None:
    assert type_of(START + bytes(BYTES_AT_MOST - len(START)), "a.jpg") is JPEG


@pytest.mark.parametrize("comment", [b"", b"a comment", bytes(0xFFFF)])
def test_an_archive_behind_a_photo_is_seen_whatever_comment_it_has(comment: bytes) -> None:
    end = b"PK\x05\x06" + bytes(16) + struct.pack("<H", len(comment)) + comment
    assert refused(START + b"PK\x03\x04 the archive" + end, "a.jpg") == "two_in_one"


def test_the_same_four_bytes_by_chance_are_no_archive() -> None:
    assert type_of(START + b"PK\x05\x06" + bytes(100), "a.jpg") is JPEG


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Договор № 5.PDF", "Договор № 5.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\a\\scan.pdf", "scan.pdf"),
        ("/etc/.pdf", "document.pdf"),
        ("..pdf", "document.pdf"),
        ("a\0.exe\0.pdf", "a.exe.pdf"),
        ("gnp\u202e.fdp.pdf", "gnp.fdp.pdf"),
        ("\u200b\ufeff.pdf", "document.pdf"),
        ('a"\r\nSet-Cookie: x;.pdf', "a_Set-Cookie_ x;.pdf"),
        ("half\ud83d.pdf", "half.pdf"),
        ("и\u0306.pdf", "й.pdf"),
        ("a   b .pdf. ", "a b.pdf"),
        ("<b>*?|.pdf", "_b____.pdf"),
    ],
)
def test_a_name_is_only_what_people_may_read(name: str, clean: str) -> None:
    assert extension_of(name) == "pdf"
    assert clean_name(name, PDF) == clean


def test_a_long_name_keeps_its_extension() -> None:
    cleaned = clean_name("а" * 5000 + ".pdf", PDF)
    assert len(cleaned) == NAME_AT_MOST
    assert cleaned.endswith("аа.pdf")


def test_a_name_gets_the_extension_of_what_the_file_is() -> None:
    assert clean_name("a.jpeg", JPEG) == "a.jpg"
