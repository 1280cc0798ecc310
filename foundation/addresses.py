"""Addresses of connections: one spelling, and how much of one a subscriber has."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def read_address(text: str) -> Address | None:
    """Return an address, one of IPv4 in IPv6 (``::ffff:10.0.0.2``) as IPv4. None for anything else."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def line_of(text: str) -> str:
    """Return what one subscriber has: an IPv4 address, or the /64 of an IPv6 address, who may use any of its 2^64."""
    address = read_address(text)
    if address is None or address.version == 4:
        return str(address or text)
    return str(ipaddress.ip_network((int(address), 64), strict=False))
