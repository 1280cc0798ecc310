"""Which addresses a message may go to, and what an address looks like."""

import ipaddress
import socket
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import assume, given
from hypothesis import strategies as st

from deliveries import addresses
from deliveries.addresses import (
    NotApproved,
    approved,
    is_plain,
    leads_to_us,
    network_of,
    resolve,
    validate_allowed,
    validate_url,
)

NAME = "d.example"
SPECIAL = {
    "127.0.0.1": "loopback",
    "::1": "loopback",
    "169.254.169.254": "link",
    "100.100.100.200": "cloud",
    "fd00:ec2::254": "cloud6",
    "fe80::1": "link",
    "fe80::1%eth0": "link",
    "224.0.0.1": "group",
    "ff02::1": "group",
    "0.0.0.0": "unspecified",
    "::": "unspecified",
    "240.0.0.1": "reserved",
    "64:ff9b::7f00:1": "reserved",
    "::ffff:127.0.0.1": "loopback, mapped",
    "2002:7f00:1::": "loopback, 6to4",
    "2002:a9fe:a9fe::1": "link, 6to4",
    "::127.0.0.1": "loopback, compatible",
    "::ffff:0:127.0.0.1": "loopback, translated",
    "64:ff9b::a9fe:a9fe": "link, NAT64",
    "64:ff9b:1::7f00:1": "loopback, local NAT64",
    "2001:0:4136:e378:8000:63bf:80ff:fffe": "loopback, Teredo",
    "2001:0:7f00:1::1": "Teredo with a server of ours",
    "2001:db8::5efe:7f00:1": "loopback, ISATAP",
    "2400:1:2:3:200:5efe:a9fe:a9fe": "link, ISATAP",
    "2400:1::5efe:a09:909": "an interface, ISATAP",
    "fe80::5efe:a00:1": "link, ISATAP",
    "::ffff:10.9.9.9": "an interface, mapped",
    "2002:a09:909::": "an interface, 6to4",
    "fec0::1": "site-local",
    "0.1.2.3": "this network",
    "::ffff:0.1.2.3": "this network, mapped",
    "100::1": "discarded",
}


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the machine two addresses besides the loopback."""
    places = {
        "lo": [SimpleNamespace(address="127.0.0.1")],
        "eth0": [SimpleNamespace(address="10.9.9.9"), SimpleNamespace(address="fd00::9%eth0")],
    }
    monkeypatch.setattr(addresses.psutil, "net_if_addrs", lambda: places)


def passes(address: str, *allowed: str, host: str = NAME) -> bool:
    found = approved(host, [address], allowed)
    assert found in ([], [address])
    return bool(found)


@pytest.mark.parametrize("address", SPECIAL, ids=SPECIAL.values())
def test_neither_a_name_nor_the_world_leads_to_ourselves(address: str) -> None:
    assert not passes(address, NAME)
    assert not passes(address, NAME, "0.0.0.0/0", "::/0")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.0/8"),
        ("::1", "::1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("169.254.169.254", "169.254.0.0/16"),
        ("fe80::1%eth0", "fe80::/10"),
        ("224.0.0.1", "224.0.0.0/4"),
        ("240.0.0.1", "240.0.0.0/4"),
        ("0.0.0.0", "0.0.0.0"),
        ("10.9.9.9", "10.9.9.9"),
        ("fd00::9", "fd00::9/128"),
    ],
)
def test_ourselves_in_so_many_words(address: str, network: str) -> None:
    assert passes(address, network)
    assert passes(address, "10.0.0.0/8", network)
    assert passes(address, network, "10.0.0.0/8")


@pytest.mark.parametrize("address", ["10.9.9.9", "fd00::9", "::ffff:10.9.9.9"])
def test_an_interface_is_ourselves(address: str) -> None:
    for allowed in (
        [NAME],
        ["10.0.0.0/8", "fd00::/8"],
        ["10.9.9.8/31", "fd00::8/127"],
        ["0.0.0.0/0", "::/0"],
    ):
        assert not passes(address, *allowed)


@given(st.ip_addresses(v=4), st.integers(1, 32), st.booleans())
def test_a_network_lets_its_own_addresses_pass(
    address: ipaddress.IPv4Address, length: int, inside: bool
) -> None:
    assume(not (address.is_loopback or address.is_link_local or address.is_multicast or address.is_reserved))
    assume(address not in ipaddress.ip_network("0.0.0.0/8"))
    number = int(address) if inside else int(address) ^ 1 << (32 - length)
    network = f"{ipaddress.IPv4Address(number)}/{length}"
    assert passes(str(address), network) is inside
    assert passes(f"::ffff:{address}", network) is inside
    assert passes(str(address), "fd00::/8", network) is inside
    assert passes(str(address), network, NAME)
    assert not passes(str(address))


def test_an_address_that_leads_to_us_is_told_from_a_receivers() -> None:
    for host in (
        "127.0.0.1",
        "１２７.0.0.1",
        "169.254.169.254:80",
        "100.100.100.200",
        "10.9.9.9",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ):
        assert leads_to_us(f"https://{host}/anqi"), host
    for host in ("hooks.example.org", "10.9.9.8", "localhost", "[fd00::8]:8443", "2130706433"):
        assert not leads_to_us(f"https://{host}/anqi"), host


def test_the_order_of_the_name_server_is_kept() -> None:
    found = ["10.1.0.2", "127.0.0.1", "10.1.0.1", "fd00::5", "11.0.0.1"]
    assert approved(NAME, found, ["10.0.0.0/8", "fd00::/8"]) == ["10.1.0.2", "10.1.0.1", "fd00::5"]


@pytest.mark.parametrize(
    ("host", "entry", "same"),
    [
        (NAME, NAME, True),
        ("D.Example.", NAME, True),
        (NAME, " D.EXAMPLE. ", True),
        ("e.example", NAME, False),
        ("a.d.example", NAME, False),
        (NAME, "example", False),
    ],
)
def test_names_are_compared_as_name_servers_do(host: str, entry: str, same: bool) -> None:
    assert passes("10.1.2.3", entry, host=host) is same
    assert passes("10.1.2.3", "192.168.0.0/16", entry, host=host) is same


@pytest.mark.parametrize(
    ("entry", "network"),
    [
        ("10.0.0.0/8", "10.0.0.0/8"),
        (" 10.20.30.40/8 ", "10.0.0.0/8"),  # the host's bits do not matter
        ("192.168.1.7", "192.168.1.7/32"),
        ("fd00::5", "fd00::5/128"),
        ("d.example", "None"),
        ("10.0.0.0/99", "None"),
        ("", "None"),
    ],
)
def test_what_an_entry_names(entry: str, network: str) -> None:
    assert str(network_of(entry)) == network


LONG = "a" * 119


@pytest.mark.parametrize(
    "entry",
    [
        "d.example",
        "D.example.",
        "a",
        "a-b.c",
        "0.example",
        "10.0.0.0/8",
        "fd00::/8",
        "192.168.1.7",
        LONG + "b",
    ],
)
def test_good_entries(entry: str) -> None:
    validate_allowed(entry)


@pytest.mark.parametrize(
    "entry",
    [
        "",
        ".",
        "*.example",
        "http://d.example",
        "10.0.0.0/99",
        "a b",
        "-a",
        "a-",
        "a..b",
        "a.-b",
        "a_b",
        LONG + "bc",
    ],
)
def test_bad_entries(entry: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        validate_allowed(entry)
    assert refusal.value.params == {"entry": entry}
    assert f"“{entry}” is not a host name" in refusal.value.messages[0]


@pytest.mark.parametrize(
    "url",
    [
        "https://d.example",
        "http://d.example:1/a?b=c",
        "https://D.example.:65535",
        "HTTPS://10.1.2.3/",
        "https://[fd00::5]:1/",
        "https://消防.example/",
        "https://d.example/消防",
    ],
)
def test_good_urls(url: str) -> None:
    validate_url(url)


SCHEME, PORT, INVISIBLE = "begins with https:// or http://", "number from 1 to 65535", "without spaces"
SIGNED, HOST = "messages are signed", "not a valid name or address"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("https://d.example/ x", INVISIBLE),
        ("https://d.example/\u202e", INVISIBLE),
        ("https://d.exa\nmple/", INVISIBLE),
        ("https://[::1/", SCHEME),
        ("ftp://d.example/", SCHEME),
        ("d.example", SCHEME),
        ("//d.example", SCHEME),
        ("https:///x", SCHEME),
        ("https://d.example:0/", PORT),
        ("https://d.example:65536/", PORT),
        ("https://d.example:x/", PORT),
        ("https://u:p@d.example/", SIGNED),
        ("https://@d.example/", SIGNED),
        ("https://d.example/#x", SIGNED),
        ("https://d_e.example/", HOST),
        ("https://-d.example/", HOST),
        ("https://d..example/", HOST),
        ("https://d%2e.example/", HOST),
        ("https://" + "消" * 64 + ".example/", HOST),  # longer than IDNA takes
    ],
)
def test_bad_urls(url: str, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        validate_url(url)


@pytest.mark.parametrize(
    ("url", "plain"),
    [("http://d.example", True), (" HTTP://d.example", True), ("https://d.example", False), ("x", False)],
)
def test_what_can_be_read_on_the_way(url: str, plain: bool) -> None:
    assert is_plain(url) is plain


def test_a_host_is_resolved_to_its_approved_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(*args: Any, **named: Any) -> list[tuple]:
        asked.append((args, named))
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))
            for address in ("10.1.0.2", "10.1.0.1", "10.1.0.2", "11.0.0.1")
        ]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", answer)
    assert resolve(NAME, 443, ["10.0.0.0/8"], 5) == ["10.1.0.2", "10.1.0.1"]
    assert asked == [((NAME, 443), {"type": socket.SOCK_STREAM})]
    with pytest.raises(NotApproved, match=NAME):
        resolve(NAME, 443, ["12.0.0.0/8"], 5)
