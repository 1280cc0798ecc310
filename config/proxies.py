"""The client's address and scheme behind the reverse proxy."""

import ipaddress
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from foundation.addresses import read_address

logger = structlog.get_logger(__name__)


class ClientAddressMiddleware:
    """Puts the client's address into ``REMOTE_ADDR``, for the audit log, the login lock-out and the logs.

    ``X-Forwarded-For`` counts only if the connection comes from TRUSTED_PROXIES. It is read from the right, up to the
    first address that is not one of them: the client wrote everything further left. The header is always removed, so
    that no later code trusts it.

    ``X-Forwarded-Proto`` counts from the same proxies, and from this machine, where the container's own probe asks.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.proxies = [ipaddress.ip_network(network) for network in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        peer = request.META.get("REMOTE_ADDR", "")
        if not (self._is_proxy(peer) or _is_here(peer)) and request.META.pop("HTTP_X_FORWARDED_PROTO", ""):
            logger.warning("X-Forwarded-Proto ignored: its sender is not in TRUSTED_PROXIES", peer=peer)
        hops = request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",")
        while hops and self._is_proxy(request.META.get("REMOTE_ADDR", "")):
            hop = hops.pop().strip()
            client = read_address(hop)
            if client is None:
                if hop:  # a probe of the proxy itself sends no header
                    logger.warning("the proxy sent no readable client address", hop=hop[:60])
                break
            request.META["REMOTE_ADDR"] = str(client)
        return self.get_response(request)

    def _is_proxy(self, address: str) -> bool:
        if not address:  # a Unix socket: whoever reaches it is the proxy, if there is one
            return bool(self.proxies)
        place = read_address(address)
        return place is not None and any(place in network for network in self.proxies)


def _is_here(address: str) -> bool:
    """Return whether the connection comes from this machine; it has no address behind a Unix socket."""
    place = read_address(address)
    return not address or (place is not None and place.is_loopback)
