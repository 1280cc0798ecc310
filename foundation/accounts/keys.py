"""Authentication by API key: the text of a key, the actor behind it, why one is refused."""

import datetime as dt
import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import structlog
from django.db.models import Q
from django.utils import timezone

from foundation.accounts.actors import Actor
from foundation.accounts.choices import CauseCode, Role
from foundation.accounts.models import ApiKey
from foundation.accounts.selectors import stations_of
from foundation.accounts.stamping import stamp
from foundation.addresses import read_address
from foundation.database import caching
from foundation.inbox.notifying import notify

ONE_DAY_S = 24 * 3600
USE_RECORDED_EVERY = dt.timedelta(minutes=1)
_TEXT = re.compile(r"anqi_([0-9a-f]{8})_[0-9a-f]{48}", re.ASCII)
_NO_DIGEST = "0" * 64
logger = structlog.get_logger(__name__)


class Refusal(StrEnum):
    """Why a request has no actor."""

    MISSING = "missing"
    UNKNOWN = "unknown"  # also for a malformed key, so that guessing reveals nothing
    EXPIRED = "expired"
    REVOKED = "revoked"
    NETWORK = "network"  # called from outside the key's networks


@dataclass(frozen=True)
class Finding:
    """The actor behind an Authorization header, or the reason why there is none."""

    actor: Actor | None = None
    refusal: Refusal | None = None


def new_text() -> tuple[str, str]:
    """Return (prefix, text) of a new key. It has 192 random bits, so a plain hash of it withstands guessing."""
    prefix = secrets.token_hex(4)
    return prefix, f"anqi_{prefix}_{secrets.token_hex(24)}"


def digest_of(text: str) -> str:
    """Return the hash that is stored of a key."""
    return hashlib.sha256(text.encode()).hexdigest()


def authenticate(authorization: str | None, *, address: str = "", request_id: str = "") -> Finding:
    """Return the actor for an Authorization header. Records the use of the key, at most once a minute.

    Only the holder of a key's whole text learns that it has expired or was revoked.
    """
    scheme, _space, text = (authorization or "").partition(" ")
    if not text.strip() or scheme.lower() != "bearer":  # as where the variable with the key is not set
        return Finding(refusal=Refusal.MISSING)
    written = _TEXT.fullmatch(text.strip())
    key = ApiKey.objects.select_related("department").filter(prefix=written[1]).first() if written else None
    if not hmac.compare_digest(digest_of(text.strip()), key.digest if key else _NO_DIGEST) or key is None:
        return Finding(refusal=Refusal.UNKNOWN)
    if key.revoked_at is not None:
        return Finding(refusal=Refusal.REVOKED)
    now = timezone.now()
    if key.expires_at <= now:
        return Finding(refusal=Refusal.EXPIRED)
    if key.networks and not _is_within(address, key.networks):
        logger.warning("API key refused outside its networks", prefix=key.prefix, address=address)
        _notify_of_use_elsewhere(key, address)
        return Finding(refusal=Refusal.NETWORK)
    _record_use(key, now)
    return Finding(actor=actor_of(key, address=address, request_id=request_id))


def network_of(text: str) -> str:
    """Return a network, or an address as a network of one, in one spelling. Raise ValueError."""
    network = ipaddress.ip_network(text.strip(), strict=False)
    mapped = getattr(network.network_address, "ipv4_mapped", None)
    if mapped and network.prefixlen >= 96:  # callers are compared as IPv4
        network = ipaddress.ip_network((int(mapped), network.prefixlen - 96))
    if network.prefixlen == 0:
        raise ValueError("every address")
    return str(network)


def _is_within(address: str, networks: Iterable[str]) -> bool:
    place = read_address(address)  # None behind a Unix socket without a trusted proxy
    return place is not None and any(place in ipaddress.ip_network(network) for network in networks)


def actor_of(key: ApiKey, *, address: str = "", request_id: str = "") -> Actor:
    """Return the department as an actor through one of its keys, in the key's area."""
    whole = stations_of(key.bureau_id)
    area = whole if key.whole_bureau else tuple(station for station in whole if station in key.stations)
    return Actor(
        user_id=0,
        name=f"{f'{key.department.name} · {key.title}'[:69]} ({key.prefix})",  # at most 80 characters in the audit log
        role=Role.DEPARTMENT_OFFICER,
        bureau_id=key.bureau_id,
        stations=area,
        department_id=key.department_id,
        organisation=key.department.name,
        address=address,
        request_id=request_id,
        key_id=key.pk,
        key_scopes=frozenset(key.scopes),
    )


def _notify_of_use_elsewhere(key: ApiKey, address: str) -> None:
    """Notify department and supervisors that somebody else may have the key, once a day."""
    name = f"{key.pk}:{timezone.localdate()}"
    with caching.tolerated():  # without Redis the name alone keeps it to one
        if not caching.first_time(("accounts:key_elsewhere", name), ONE_DAY_S):
            return
    stamp(
        "use of a key elsewhere",
        lambda: notify(
            CauseCode.KEY_ELSEWHERE,
            to=Q(department_id=key.department_id) | Q(bureau_id=key.bureau_id, role=Role.SUPERVISOR),
            key=name,
            object_id=key.pk,
            values={"object": str(key), "address": address or "–"},
        ),
    )


def _record_use(key: ApiKey, now: dt.datetime) -> None:
    if key.last_used_at is None or key.last_used_at <= now - USE_RECORDED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_RECORDED_EVERY)
        used = ApiKey.objects.filter(stale, pk=key.pk)
        stamp("key", lambda: used.update(last_used_at=now))
