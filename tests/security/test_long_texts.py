"""Texts that take a machine long to read, in requests of strangers: a text costs what its length does."""

import time
import unicodedata

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from waitress.adjustments import Adjustments

from config.web import LIMITS, Channel, Request
from deliveries.models import Subscription
from enterprises.pickers import industries_named, industry_input
from foundation.identifiers import readable
from foundation.normalising import MOST_MARKS, _endless, nfkc
from foundation.people.forms import BureauForm

ENOUGH_S = 1.5  # of the processor; unsorted, the marks take eight seconds or more
MARKS = "a" + "\u0301" * 30_000 + "\u0323" * 30_000


@pytest.mark.parametrize(
    "mark", ["\u0301\u0323", "\u0f73", "\u0344\u0323", "\uff9e\u0323", "\U00016ff0\u0301"]
)
def test_marks_without_end_are_normalized_in_linear_time(mark: str) -> None:
    began = time.process_time()
    nfkc("a" + mark * 40_000)
    assert time.process_time() - began < ENOUGH_S


def test_what_people_write_is_normalized_as_ever() -> None:
    text = "ＡＢＣ①㈱ﾊﾞｽ é e\u0323\u0301 ทั้งหมด नमस्ते བཀྲ་ཤིས 望江路" * 40 + "a" + "\u0301" * MOST_MARKS
    assert nfkc(text) == unicodedata.normalize("NFKC", text)
    assert nfkc("a" + "\u0301" * 200 + "b") == unicodedata.normalize(
        "NFKC", "a" + "\u0301" * MOST_MARKS + "b"
    )


def test_every_sign_that_could_be_sorted_is_known() -> None:
    known = _endless()
    for code in range(0x110000):
        sign = chr(code)
        if unicodedata.combining(unicodedata.normalize("NFKD", sign)[0]):
            assert known.fullmatch(sign * (MOST_MARKS + 1)), f"U+{code:04X}"


@pytest.mark.parametrize("page", ["account_login", "accounts:forgot_password", "set_language"])
def test_a_stranger_cannot_keep_a_process_busy(page: str, db: None, client: Client) -> None:
    fields = ("login", "password", "name", "username", "language")
    began = time.process_time()
    client.post(reverse(page), dict.fromkeys(fields, MARKS) | {"next": "//" + MARKS})
    assert time.process_time() - began < ENOUGH_S


def test_a_code_is_measured_before_it_is_read() -> None:
    """One sign stands for eighteen letters."""
    began = time.process_time()
    form = BureauForm({"code": "\ufdfa" * 800_000, "name": "x"})
    assert "code" in form.errors
    assert time.process_time() - began < ENOUGH_S
    assert readable("\ufdfa") != "\ufdfa"


def test_an_address_of_a_receiver_is_measured_before_it_is_read() -> None:
    began = time.process_time()
    with pytest.raises(ValidationError, match="500"):
        Subscription._meta.get_field("url").clean("https://" + MARKS, None)
    assert time.process_time() - began < ENOUGH_S


@pytest.mark.parametrize(
    "typed", ["[" * 60_000, "C3670," * 100_000, "[" * 9_000], ids=["one", "many", "shorter"]
)
def test_the_words_of_what_was_picked_are_not_looked_for_without_end(typed: str) -> None:
    widget = industry_input(several=True)
    industries_named(["C"])  # reads the table
    began = time.process_time()
    assert widget.chosen(typed)
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("name", "size", "status"),
    [
        ("Content-Type", 9_000, 431),
        ("If-None-Match", 9_000, 431),
        ("Referer", 4_000, None),
        ("Cookie", 16_000, None),
    ],
)
def test_one_header_is_not_as_long_as_all(name: str, size: int, status: int | None) -> None:
    """Django reads a Content-Type of 60 kB of semicolons for three seconds."""
    request = Request(Adjustments(**LIMITS), object.__new__(Channel))
    request.received(f"GET / HTTP/1.1\r\nHost: x\r\n{name}: {'x' * size}\r\n\r\n".encode())
    assert (request.error and request.error.code) == status
    assert request.completed
