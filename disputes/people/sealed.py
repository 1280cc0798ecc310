"""What identifies a person of a dispute, as the database stores it: sealed, and found by blind indexes alone."""

import re
from functools import cache

import structlog

from foundation.database.sealed import UNREADABLE
from foundation.identifiers import compact, person_key, phone_number
from foundation.sealing import UnreadableSecret, blind_index, blind_indexes, seal, unseal

logger = structlog.get_logger(__name__)
PURPOSE = "disputes.people"
_PREFIX = re.compile(r"^(?:\+|00)?86(?=1\d{10}$)")


def sealed(text: str) -> str:
    """Return a text as the database stores it; nothing stays nothing. Raise ValueError for the sign of one that cannot be read."""
    if text == UNREADABLE:
        raise ValueError("what cannot be read is not sealed over what is there")
    return seal(text, purpose=PURPOSE) if text else ""


def shown(stored: str) -> str:
    """Return a sealed text as it is; ``UNREADABLE`` if ``SECRET_KEY`` was changed without a fallback."""
    if not stored:
        return ""
    try:
        return unseal(stored, purpose=PURPOSE)
    except UnreadableSecret:  # the rest of the dispute stays readable
        _say_unreadable()
        return UNREADABLE


@cache
def _say_unreadable() -> None:
    """Log it once in each process: a page may have hundreds."""
    logger.error("parties cannot be unsealed", hint="put the former SECRET_KEY into SECRET_KEY_FALLBACKS")


def name_index(name: str) -> str:
    """Return the blind index of a person's name."""
    return blind_index(_name(name), purpose=f"{PURPOSE}.name")


def identity_index(identity: str) -> str:
    """Return the blind index of an identity number."""
    return blind_index(compact(identity), purpose=f"{PURPOSE}.identity")


def phone_index(phone: str) -> str:
    """Return the blind index of a telephone number."""
    return blind_index(digits_of(phone), purpose=f"{PURPOSE}.phone")


def name_indexes(name: str) -> list[str]:
    """Return the blind indexes under which a name may be stored, by each key."""
    return blind_indexes(_name(name), purpose=f"{PURPOSE}.name")


def identity_indexes(identity: str) -> list[str]:
    """Return the blind indexes under which an identity number may be stored, by each key."""
    return blind_indexes(compact(identity), purpose=f"{PURPOSE}.identity")


def phone_indexes(phone: str) -> list[str]:
    """Return the blind indexes under which a telephone number may be stored, by each key."""
    return blind_indexes(digits_of(phone), purpose=f"{PURPOSE}.phone")


def digits_of(phone: str) -> str:
    """Return a telephone number as it is compared: its digits, without the prefix of the country."""
    digits = re.sub(r"[^\d+]", "", phone_number(phone))
    return _PREFIX.sub("", digits).lstrip("+")


def _name(name: str) -> str:
    return person_key(name) if name.strip() else ""
