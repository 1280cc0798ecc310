"""Addresses of connections: mapped ones, and what one subscriber has."""

import pytest

from foundation.accounts.keys import network_of
from foundation.addresses import line_of, read_address
from foundation.people import lockout


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("10.0.0.2", "10.0.0.2"),
        ("::ffff:10.0.0.2", "10.0.0.2"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9%eth0", "2001:db8:1:2::/64"),
        ("", ""),
        ("<script>", "<script>"),
    ],
)
def test_what_one_subscriber_has(text: str, line: str) -> None:
    assert line_of(text) == line


def test_what_is_no_address_is_none() -> None:
    assert read_address("10.0.0.2/8") is None
    assert read_address("") is None


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("10.20.0.0/16", "10.20.0.0/16"),
        ("::ffff:10.20.0.0/112", "10.20.0.0/16"),
        ("::ffff:10.20.0.7", "10.20.0.7/32"),
        ("2001:db8::/32", "2001:db8::/32"),
    ],
)
def test_a_network_of_a_key_is_compared_as_its_callers_are(text: str, network: str) -> None:
    assert network_of(text) == network


@pytest.mark.parametrize("text", ["0.0.0.0/0", "::/0", "::ffff:0.0.0.0/96", "10.0.0.300"])
def test_everybody_is_no_network(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        network_of(text)


def test_failures_are_counted_by_subscriber() -> None:
    pairs = {lockout.pair_of("wang", f"2001:db8:1:2::{number}") for number in range(3)}
    assert len(pairs) == 1
    assert lockout.pair_of("wang", "2001:db8:1:3::1") not in pairs
