"""Guessing passwords and codes: a name is locked for one address, with a growing delay; a name that many guess, for new devices.

Names that nobody has are counted like others, so that the answer does not say which exist. The counts are in the cache.
"""

import math
import secrets
import time

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from foundation.accounts import selectors
from foundation.accounts.models import User
from foundation.addresses import line_of
from foundation.database import caching

DAY_S = 24 * 3600
FREE_TRIES = 5  # of one name from one address before each delay
FIRST_DELAY_S = 15 * 60  # doubled each time, at most a day
TRIES_A_DAY = 50  # of one name; beyond, only devices that logged in before
DEVICE_COOKIE = "anqi_device"
DEVICE_KNOWN_S = 400 * DAY_S
DEVICE_USERS = 30  # several people use a station's computer
_SALT = "people.device"


def pair_of(name: str, address: str) -> str:
    """Return what failures are counted by: the name and the address. A new password begins a new count."""
    return f"{caching.kept(_key('epoch', name)) or 0} {name} {line_of(address)}"


def minutes_locked(name: str, address: str) -> int:
    """Return for how many more minutes this name is locked for this address, 0 if it is not."""
    until = caching.kept(_key("until", pair_of(name, address))) or 0
    return max(0, math.ceil((until - time.time()) / 60))


def is_new_lock(name: str, address: str) -> bool:
    """Return whether this is the first refusal since a while, which the audit log mentions."""
    return caching.first_time(_key("locked", pair_of(name, address)), FIRST_DELAY_S)


def codes_of(username: str) -> str:
    """Return the name by which a person's wrong one-time codes are counted, apart from wrong passwords."""
    return f"code of {username.lower()}"  # no user name has a space


def is_guessed_by_many(name: str) -> bool:
    """Return whether the name failed so often today that only known devices may try."""
    return (caching.kept(_key("day", pair_of(name, ""))) or 0) > TRIES_A_DAY


def count_failure(request: HttpRequest, name: str, address: str) -> None:
    """Count a failed login, and lock the name for this address after every few."""
    if device := _device(request)[0]:
        caching.counted(_key("device", device), DAY_S)
    caching.counted(_key("since", name), 30 * DAY_S)
    caching.counted(_key("day", pair_of(name, "")), DAY_S)
    tries = caching.counted(_key("tries", pair_of(name, address)), DAY_S)
    if tries % FREE_TRIES == 0:
        delay = min(FIRST_DELAY_S * 2 ** (tries // FREE_TRIES - 1), DAY_S)
        caching.keep(_key("until", pair_of(name, address)), time.time() + delay, DAY_S)


def take_failures(name: str) -> int:
    """Return how many logins of this name failed since this was last asked."""
    failed = caching.kept(_key("since", name)) or 0
    caching.forget(_key("since", name))
    return int(failed)


def forget_failures(name: str) -> None:
    """Begin a new count: the person has a new password."""
    caching.counted(_key("epoch", name), 2 * DAY_S)


def knows_device(request: HttpRequest, user: User | None) -> bool:
    """Return whether this person logged in on this device before."""
    return user is not None and user.pk in _device(request)[1]


def is_guessing(request: HttpRequest) -> bool:
    """Return whether so many logins failed on this device today that it counts as a new one."""
    return (caching.kept(_key("device", _device(request)[0])) or 0) >= TRIES_A_DAY


def known_device(request: HttpRequest) -> str:
    """Return what tells a device on which people logged in before from others behind its address; "" for any other."""
    return ",".join(map(str, _device(request)[1]))


def remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Let the device prove later that this person logged in on it. It proves nothing else.

    However often people log in on it, it stays the same device, so that their failures are counted together.
    """
    device, known = _device(request)
    users = [user.pk, *(pk for pk in known if pk != user.pk)][:DEVICE_USERS]
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps([device or secrets.token_hex(8), *users], salt=_SALT),
        max_age=DEVICE_KNOWN_S,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _device(request: HttpRequest) -> tuple[str, list[int]]:
    """Return what its failures are counted by, and who logged in on it; "" and nobody for a device without a cookie.

    Cookies of earlier versions name people only. Their device is the cookie.
    """
    cookie = request.COOKIES.get(DEVICE_COOKIE, "")
    try:
        found = signing.loads(cookie, salt=_SALT, max_age=DEVICE_KNOWN_S)
    except signing.BadSignature:
        return "", []
    if found and isinstance(found[0], str):
        return found[0], found[1:]
    return selectors.token_hash(cookie), found


def _key(what: str, whose: str) -> caching.Key:
    return f"people:lockout:{what}", selectors.token_hash(whose)
