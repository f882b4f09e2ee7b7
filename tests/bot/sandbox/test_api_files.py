"""Photos and documents, both ways."""

import base64
import struct
import zlib
from typing import Any

import pytest
from telegram import InputMediaPhoto
from telegram.error import BadRequest


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


async def test_photo_of_the_bot_is_stored_and_served(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    sent = await rehearsal.bot.send_photo(mei.id, png(40, 30), caption="<b>Board</b>", parse_mode="HTML")
    assert (sent.photo[-1].width, sent.photo[-1].height, sent.caption) == (40, 30, "Board")
    seen = await mei.last()
    assert (seen["text"], seen["html"]) == ("Board", "<b>Board</b>")
    served = await rehearsal.client.get(seen["photo"]["address"])
    assert served.content == png(40, 30)


async def test_document_keeps_its_name(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    sent = await rehearsal.bot.send_document(mei.id, b"%PDF-1.7", filename="poster.pdf")
    assert sent.document.file_name == "poster.pdf"
    found = (await mei.last())["document"]
    assert (found["file_name"], found["mime_type"], found["file_size"]) == (
        "poster.pdf",
        "application/pdf",
        8,
    )
    again = await rehearsal.bot.send_document(mei.id, sent.document.file_id)
    assert again.document.file_id == sent.document.file_id


async def test_photo_of_a_person_is_fetched_by_the_bot(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    await rehearsal.drained()
    await mei.does("photo", photo=base64.b64encode(png(8, 8)).decode(), caption="Fallen tree")
    files = {"photo": ("tree.png", png(9, 9), "image/png")}
    answer = await rehearsal.client.post(f"/sim/people/{mei.id}/photo", files=files)
    assert answer.status_code == 200
    first, second = await rehearsal.bot.get_updates()
    assert first.message.caption == "Fallen tree"
    fetched = await (await rehearsal.bot.get_file(second.message.photo[-1].file_id)).download_as_bytearray()
    assert bytes(fetched) == png(9, 9)


async def test_media_and_caption_are_edited(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    sent = await rehearsal.bot.send_photo(mei.id, png(4, 4), caption="1")
    await rehearsal.bot.edit_message_caption(mei.id, sent.message_id, caption="2")
    assert (await mei.last())["text"] == "2"
    rehearsal.clock.move(5)
    await rehearsal.bot.edit_message_media(InputMediaPhoto(png(6, 5), caption="3"), mei.id, sent.message_id)
    seen = await mei.last()
    assert (seen["text"], seen["photo"]["width"]) == ("3", 6)
    with pytest.raises(BadRequest, match="There is no text in the message to edit"):
        await rehearsal.bot.edit_message_text("4", mei.id, sent.message_id)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"not a picture", "Image_process_failed"),
        (png(4, 100), "Photo_invalid_dimensions"),
    ],
)
async def test_wrong_picture_is_refused(rehearsal: Any, data: bytes, reason: str) -> None:
    mei = await rehearsal.phone()
    with pytest.raises(BadRequest, match=reason):
        await rehearsal.bot.send_photo(mei.id, data)


async def test_caption_is_1024_characters(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    await rehearsal.bot.send_photo(mei.id, png(4, 4), caption=f"<b>{'x' * 1024}</b>", parse_mode="HTML")
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await rehearsal.bot.send_photo(mei.id, png(4, 4), caption="x" * 1025)


async def test_place_and_contact_reach_the_bot(rehearsal: Any) -> None:
    mei = await rehearsal.phone()
    await rehearsal.drained()
    await mei.does("location", latitude=31.23, longitude=121.47)
    await mei.does("contact", phone_number="+8613800000000")
    place, contact = await rehearsal.bot.get_updates()
    assert place.message.location.latitude == 31.23
    assert (contact.message.contact.user_id, contact.message.contact.first_name) == (mei.id, "Mei")
    sent = await rehearsal.bot.send_location(mei.id, 31.0, 121.0)
    assert sent.location.longitude == 121.0
    assert (await mei.last())["location"] == {"latitude": 31.0, "longitude": 121.0}


async def test_unknown_files_are_not_found(rehearsal: Any) -> None:
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await rehearsal.bot.get_file("nothing")
    served = await rehearsal.client.get(f"/file/bot{rehearsal.sandbox.token}/photos/nothing")
    assert served.status_code == 404
    assert (await rehearsal.client.get("/sim/files/nothing")).status_code == 404
