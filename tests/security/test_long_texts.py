"""Texts that take a machine long to read, in requests of strangers: a text costs what its length does."""

import time
import unicodedata
from collections.abc import Callable

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

MOST_GROWTH = 30  # for a text eight times as long, where what is quadratic takes 64 times as long


def growth(read: Callable[[int], object], few: int = 7_500) -> float:
    """Return how many times as long the processor takes to read a text that is eight times as long."""
    read(1)  # what is loaded once
    seconds = []
    for length in (few, 8 * few):
        began = time.process_time()
        read(length)
        seconds.append(max(time.process_time() - began, 0.02))
    return seconds[1] / seconds[0]


def marks(length: int) -> str:
    return "a" + "\u0301" * (length // 2) + "\u0323" * (length // 2)


@pytest.mark.parametrize(
    "mark", ["\u0301\u0323", "\u0f73", "\u0344\u0323", "\uff9e\u0323", "\U00016ff0\u0301"]
)
def test_marks_without_end_are_normalized_in_linear_time(mark: str) -> None:
    assert growth(lambda length: nfkc("a" + mark * length)) < MOST_GROWTH


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

    def ask(length: int) -> None:
        client.post(reverse(page), dict.fromkeys(fields, marks(length)) | {"next": "//" + marks(length)})

    assert growth(ask) < MOST_GROWTH


def test_a_code_is_measured_before_it_is_read() -> None:
    """One sign stands for eighteen letters."""

    def is_refused(length: int) -> None:
        assert length == 1 or "code" in BureauForm({"code": "\ufdfa" * length, "name": "x"}).errors

    assert growth(is_refused, 100_000) < MOST_GROWTH
    assert readable("\ufdfa") != "\ufdfa"


def test_an_address_of_a_receiver_is_measured_before_it_is_read() -> None:
    def refuse(length: int) -> None:
        with pytest.raises(ValidationError):
            Subscription._meta.get_field("url").clean("https://" + marks(600 + length), None)

    assert growth(refuse) < MOST_GROWTH


@pytest.mark.parametrize("typed", ["[", "C3670,"])
def test_the_words_of_what_was_picked_are_not_looked_for_without_end(typed: str) -> None:
    widget = industry_input(several=True)
    industries_named(["C"])  # reads the table
    assert growth(lambda length: widget.chosen(typed * length)) < MOST_GROWTH


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
