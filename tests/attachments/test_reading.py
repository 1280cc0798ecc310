"""What is made of a file that somebody sends: by its content, upright, without its place; or a sentence why not."""

import datetime as dt
import io
import struct
import zipfile
import zlib
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from foundation.attachments import reading
from foundation.attachments.reading import difference_hash, receive
from tests.attachments.pictures import photo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def packed(*names: str) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as parts:
        for name in names:
            parts.writestr(name, "x")
    return into.getvalue()


def test_a_photo_is_kept_upright_and_without_its_place() -> None:
    sent = photo(60, 40, turned=6, taken="2026:11:18 09:30:00", place=True)
    found = receive("DCIM\\IMG_1.JPG", sent)
    assert (found.name, found.content_type) == ("IMG_1.jpg", "image/jpeg")
    assert (found.width, found.height) == (40, 60)
    assert found.captured_at == dt.datetime(2026, 11, 18, 9, 30, tzinfo=SHANGHAI)
    kept = Image.open(io.BytesIO(found.data))
    assert kept.size == (40, 60)
    assert not kept.getexif()
    assert b"Exif" not in found.data
    top, bottom = (kept.convert("L").getpixel((20, at)) for at in (2, 57))
    assert isinstance(top, int | float)
    assert isinstance(bottom, int | float)
    assert top < bottom  # the dark side was turned to the top
    small = Image.open(io.BytesIO(found.thumbnail))
    assert max(small.size) <= reading.THUMBNAIL


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_thumbnail_is_turned_as_the_photo_is(turned: int) -> None:
    """In each of the eight ways in which a camera may have been held or mirrored."""
    found = receive("IMG_1.JPG", photo(600, 400, turned=turned))
    large, small = (Image.open(io.BytesIO(data)) for data in (found.data, found.thumbnail))
    assert not small.getexif()
    assert (large.width < large.height) == (small.width < small.height) == (turned >= 5)
    shown, expected = (each.convert("L").resize((20, 20)) for each in (small, large))
    assert max(abs(a - b) for a, b in zip(shown.tobytes(), expected.tobytes(), strict=True)) < 40


@pytest.mark.parametrize("form", ["PNG", "WEBP", "HEIF"])
def test_kinds_of_pictures(form: str) -> None:
    found = receive("x.pdf", photo(form=form))  # the name says nothing
    assert found.content_type == ("image/png" if form == "PNG" else "image/jpeg")
    assert found.name == ("x.png" if form == "PNG" else "x.jpg")
    assert Image.open(io.BytesIO(found.data)).size == (40, 30)


def test_a_large_photo_is_reduced() -> None:
    found = receive("a.jpg", photo(5_000, 1_000))
    assert (found.width, found.height) == (4_000, 800)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", "pdf"),
        (packed("[Content_Types].xml", "word/document.xml"), "docx"),
        (packed("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
    ],
)
def test_documents_are_kept_as_they_came(content: bytes, kind: str) -> None:
    found = receive(f"../../etc/合同‮.{kind}", content)
    assert (found.data, found.name, found.thumbnail) == (content, f"合同.{kind}", b"")
    assert found.sha256 == found.received_sha256


def bomb(width: int, height: int) -> bytes:
    """A PNG of few bytes and many pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "Only photos"),
        (b"<!doctype html><script>1</script>", "Only photos"),
        (b"MZ\x90\x00", "Only photos"),
        (b"GIF89a" + bytes(40), "Only photos"),
        (packed("a.txt"), "Only photos"),
        (packed("word/document.xml", "word/vbaProject.bin"), "macros"),
        (packed("word/document.xml", *map(str, range(5_000)), "word/vbaProject.bin"), "Only photos"),
        (b"PK\x03\x04 nothing", "damaged"),
        (photo()[:300], "damaged"),
        (b"\xff\xd8\xff" + b"x" * 50, "damaged"),
        (bomb(60_000, 60_000), "more than 50 million pixels"),
        (bomb(20, 20), "damaged"),
        (bytes(4) + b"ftypheic" + bytes(30), "damaged"),
    ],
)
def test_what_is_refused_ends_in_a_sentence(content: bytes, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        receive("photo.jpg", content)


def test_a_larger_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 1_000_000)
    with pytest.raises(ValidationError, match="larger than 1 MB"):
        receive("a.pdf", b"%PDF-" + bytes(1_000_000))


@given(st.integers(0, 700), st.binary(max_size=40))
def test_a_damaged_photo_is_a_picture_or_a_sentence(at: int, noise: bytes) -> None:
    sent = bytearray(photo(taken="2026:02:30 25:00:00", place=True))
    sent[at : at + len(noise)] = noise
    kept = b""
    with suppress(ValidationError):
        kept = receive("x.jpg", bytes(sent)).data
    assert b"Exif" not in kept


def test_pictures_that_look_alike_have_alike_hashes() -> None:
    def scene(shift: int, brightness: int) -> Any:
        image = Image.new("L", (160, 120), 60 + brightness)
        ImageDraw.Draw(image).rectangle((30 + shift, 20, 90 + shift, 100), 200)
        ImageDraw.Draw(image).rectangle((110, 60, 150, 110), 20 + brightness)
        return image

    def distance(one: Any, other: Any) -> int:
        return (int(difference_hash(one), 16) ^ int(difference_hash(other), 16)).bit_count()

    assert distance(scene(0, 0), scene(1, 10)) <= 6
    assert distance(scene(0, 0), scene(0, 0).rotate(180)) > 15
    assert difference_hash(Image.new("L", (100, 100), 3)) == ""  # of the dark it says nothing
