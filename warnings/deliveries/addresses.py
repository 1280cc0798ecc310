"""Allow-list of the addresses that messages may be sent to. It is checked after the host name is resolved.

Departments are on a private network, so private addresses are not refused as such. An address is approved

- if it is in an approved network (``10.20.0.0/16``, ``192.168.1.7``), whatever the host name, or
- if the host of the URL is approved by name.

Neither approves loopback, link-local, multicast or reserved addresses (``_is_special``) or those of this machine's
interfaces, nor an IPv6 address that carries one of these (mapped, compatible, NAT64, 6to4, Teredo, ISATAP): it may
arrive there. Otherwise, whoever controls a DNS name could point it at our own services; and ``0.0.0.0/0`` means the
world, not ourselves. To allow a special address, approve a network that is entirely special (``127.0.0.1``); to allow
an interface, approve its exact address.

The connection goes to the address that was checked, not to the name, which might by then resolve to another address.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from concurrent.futures import Future
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import psutil
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LONGEST_URL = 500
HOST = re.compile(
    r"^(?=.{1,120}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?$", re.IGNORECASE
)


class NotApproved(Exception):
    """No address of the host is on the operator's list."""


def network_of(entry: str) -> Network | None:
    """Return the network that an entry names; None for a host name. A single address is a network of one."""
    try:
        return ipaddress.ip_network(entry.strip(), strict=False)
    except ValueError:
        return None


def validate_allowed(entry: str) -> None:
    """Raise ValidationError unless an entry of the allow-list is a host name, an address or a network."""
    if network_of(entry) is None and not HOST.match(entry):
        raise ValidationError(
            _("“%(entry)s” is not a host name, an address or a network such as 10.20.0.0/16."),
            params={"entry": entry},
        )


def validate_url(url: str) -> None:
    """Raise ValidationError unless the URL is http(s) with a valid host and port.

    User name, password, fragment, spaces and unprintable characters are refused. A longer one than is stored is not
    looked at, because reading its host could take minutes; the field refuses it.
    """
    if len(url) > LONGEST_URL:
        return
    if any(letter.isspace() or not letter.isprintable() for letter in url):
        raise ValidationError(_("Enter an address without spaces or line breaks."))
    try:
        parts = urlsplit(url)
    except ValueError as error:  # unbalanced brackets of an IPv6 address
        raise ValidationError(_("Enter an address that begins with https:// or http://.")) from error
    try:
        port = parts.port
    except ValueError as error:
        raise ValidationError(_("The port must be a number from 1 to 65535.")) from error
    if port == 0:
        raise ValidationError(_("The port must be a number from 1 to 65535."))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValidationError(_("Enter an address that begins with https:// or http://."))
    if "@" in parts.netloc or parts.fragment:
        raise ValidationError(_("Remove the user name, password and fragment: messages are signed instead."))
    if not _is_host(parts.hostname):
        raise ValidationError(_("The host is not a valid name or address."))


def _is_host(host: str) -> bool:
    """Return whether this is a host name (RFC 1123, non-ASCII names in IDNA form) or an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        pass
    else:
        return True
    try:
        return HOST.match(host if host.isascii() else host.encode("idna").decode()) is not None
    except UnicodeError:
        return False


def is_plain(url: str) -> bool:
    """Return whether the URL is plain http, so that messages could be read on the way."""
    return urlsplit(url.strip()).scheme == "http"


def host_of(url: str) -> str:
    """Return the host of a valid URL as it is resolved and approved: a name in ASCII (IDNA), an address without brackets."""
    host = urlsplit(url).hostname or ""
    return host if host.isascii() else host.encode("idna").decode()


def leads_to_us(url: str) -> bool:
    """Return whether the host of a valid URL is an address that a name or a wide network never approves: ours, or special."""
    try:
        places = _places(host_of(url))
    except ValueError:  # a name, of which the addresses are checked before each attempt
        return False
    return any(map(_is_ourselves, places))


def approved(host: str, found: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """Return the approved ones of the resolved addresses, in the same order."""
    entries = [entry.strip().lower().rstrip(".") for entry in allowed]
    networks = [network for entry in entries if (network := network_of(entry)) is not None]
    by_name = host.lower().rstrip(".") in [entry for entry in entries if network_of(entry) is None]
    passed = []
    for text in found:
        first, *carried = _places(text)
        ours = any(_is_ourselves(each) for each in carried)
        if not ours and _passes(first, networks, by_name):
            passed.append(text)
    return passed


def _passes(address: Address, networks: list[Network], by_name: bool) -> bool:
    interface = str(address) in _interfaces()
    special = interface or _is_special(address)
    for network in networks:
        if address.version != network.version or address not in network:
            continue
        if not special or _is_special(network) or (interface and network.num_addresses == 1):
            return True
    return by_name and not special


def _is_ourselves(address: Address) -> bool:
    return _is_special(address) or str(address) in _interfaces()


def _interfaces() -> set[str]:
    """Return the addresses of this machine's interfaces. They may change while the process runs."""
    found = (each.address for many in psutil.net_if_addrs().values() for each in many)
    return {address.partition("%")[0] for address in found}


# What a relay, a translator or the kernel turns into another address, or nobody has: "this network", site-local,
# NAT64, Teredo, discard-only. And where clouds serve a machine its own credentials, besides 169.254.169.254 (link-local).
_SPECIAL = [
    ipaddress.ip_network(each)
    for each in (
        *("0.0.0.0/8", "fec0::/10", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "100::/64"),
        *("100.100.100.200", "fd00:ec2::254"),
    )
]
_ISATAP = (0x00005EFE, 0x02005EFE)  # before the IPv4 address, in the lower half of any IPv6 address


def _is_special(place: Address | Network) -> bool:
    """Return whether this is loopback, link-local, multicast, unspecified, reserved or leads to such an address."""
    network = ipaddress.ip_network(place)
    return (
        place.is_loopback
        or place.is_link_local
        or place.is_multicast
        or place.is_unspecified
        or place.is_reserved
        or any(each.version == network.version and network.subnet_of(each) for each in _SPECIAL)  # type: ignore[arg-type]
    )


def _places(text: str) -> list[Address]:
    """Return where a connection to this address may arrive.

    An address that is a way of writing an IPv4 address (mapped, 6to4) arrives there; one that a router may deliver
    there (ISATAP) arrives at either.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if address.version == 4:
        return [address]
    instead = address.ipv4_mapped or address.sixtofour
    if instead:
        return [instead]
    if int(address) >> 32 & 0xFFFFFFFF in _ISATAP:
        return [address, ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address]


def _look_up(lookup: "Future[list[Any]]", host: str, port: int) -> None:
    # The system's resolver takes no deadline and cannot be interrupted: a thread that nobody waits for any more ends
    # when the resolver gives up. A worker asks once an attempt, so only few can be left.
    try:
        lookup.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        lookup.set_exception(error)


def resolve(host: str, port: int, allowed: Iterable[str], wait_s: float) -> list[str]:
    """Return the approved addresses of a host.

    Raise OSError if it does not resolve within ``wait_s``, UnicodeError if the name is malformed, NotApproved if no
    address is approved.
    """
    lookup: Future[list[Any]] = Future()
    Thread(target=_look_up, args=(lookup, host, port), name=f"lookup of {host}", daemon=True).start()
    found = lookup.result(wait_s)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    passed = approved(host, addresses, allowed)
    if not passed:
        raise NotApproved(host)
    return passed
