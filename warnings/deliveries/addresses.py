"""Where a message may go: the operator's list, asked after the name was resolved.

Departments sit on a private network, so private addresses are not refused as such. An address passes

- if it lies in an approved network (``10.20.0.0/16``, ``192.168.1.7``), whatever its name, or
- if the host of the URL is approved by name.

Either way not this machine (also by the addresses of its interfaces), its link, a group of machines or a reserved
block (``_own``): who can change a name must not be able to point it at our own services, and ``0.0.0.0/0`` means the
world and not ourselves. To reach one of those, approve a network that lies in such a block as a whole
(``127.0.0.1``); an interface by its very address.

The connection goes to the address that was checked, not to the name, which might resolve to something else then.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

import psutil
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
HOST = re.compile(
    r"^(?=.{1,120}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?$", re.IGNORECASE
)


class NotApproved(Exception):
    """No address of the host is on the operator's list."""


def network_of(entry: str) -> Network | None:
    """The network an entry names; None for a host name. A single address is a network of one."""
    try:
        return ipaddress.ip_network(entry.strip(), strict=False)
    except ValueError:
        return None


def validate_allowed(entry: str) -> None:
    """A host name, an address or a network of the operator's list."""
    if network_of(entry) is None and not HOST.match(entry):
        raise ValidationError(
            _("“%(entry)s” is no host name, no address and no network such as 10.20.0.0/16."),
            params={"entry": entry},
        )


def validate_url(url: str) -> None:
    """http(s) with a host, no user name or password, no fragment, nothing invisible."""
    if any(letter.isspace() or not letter.isprintable() for letter in url):
        raise ValidationError(_("Write an address without spaces and line breaks."))
    try:
        parts = urlsplit(url)
    except ValueError as error:  # a bracket of an IPv6 address too many
        raise ValidationError(_("Write an address that begins with https:// or http://.")) from error
    try:
        port = parts.port
    except ValueError as error:
        raise ValidationError(_("The port is a number from 1 to 65535.")) from error
    if port == 0:
        raise ValidationError(_("The port is a number from 1 to 65535."))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValidationError(_("Write an address that begins with https:// or http://."))
    if "@" in parts.netloc or parts.fragment:
        raise ValidationError(_("Leave out user name, password and fragment: messages are signed instead."))
    if not _is_host(parts.hostname):
        raise ValidationError(_("The host is neither a name nor an address."))


def _is_host(host: str) -> bool:
    """A name (RFC 1123; one of other letters by its IDNA form) or the literal of an address."""
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
    """Whether what is sent there can be read on the way; a scheme is the same in capitals."""
    return urlsplit(url.strip()).scheme == "http"


def approved(host: str, found: Iterable[str], allowed: Iterable[str]) -> list[str]:
    """Those of the resolved addresses a message may go to, in their order."""
    entries = [entry.strip().lower().rstrip(".") for entry in allowed]
    networks = [network for entry in entries if (network := network_of(entry)) is not None]
    by_name = host.lower().rstrip(".") in [entry for entry in entries if network_of(entry) is None]
    return [text for text in found if _passes(_plain(text), networks, by_name)]


def _passes(address: Address, networks: list[Network], by_name: bool) -> bool:
    interface = str(address) in _interfaces()
    ours = interface or _own(address)
    for network in networks:
        if address.version != network.version or address not in network:
            continue
        if not ours or _own(network) or (interface and network.num_addresses == 1):
            return True
    return by_name and not ours


def _interfaces() -> set[str]:
    """The addresses at which this machine itself can be reached; they may change while we run."""
    found = (each.address for many in psutil.net_if_addrs().values() for each in many)
    return {address.partition("%")[0] for address in found}


def _own(place: Address | Network) -> bool:
    """Whether it is this machine, its link, a group of machines, or a reserved block with translators to these (NAT64)."""
    return (
        place.is_loopback
        or place.is_link_local
        or place.is_multicast
        or place.is_unspecified
        or place.is_reserved
    )


def _plain(text: str) -> Address:
    """The address; one of IPv4 in the clothes of IPv6 (mapped, 6to4) as what it is."""
    address = ipaddress.ip_address(text.partition("%")[0])
    return getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address


def resolve(host: str, port: int, allowed: Iterable[str]) -> list[str]:
    """The approved addresses of a host. OSError if it has none, NotApproved if none of them is approved."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)  # UnicodeError: no name at all
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    passed = approved(host, addresses, allowed)
    if not passed:
        raise NotApproved(host)
    return passed
