"""Encryption of short secrets that the database stores: signing secrets, second factors, what identifies a person.

The encryption key is derived from ``SECRET_KEY`` and a purpose, so that a dump of the database alone reveals nothing.
After a change of the key, secrets stay readable if the old key is in ``SECRET_KEY_FALLBACKS``.

What is sealed cannot be searched. A blind index beside it finds a value that is known exactly: it is the same for the same
value, and says nothing about it to whoever does not have the key.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


class UnreadableSecret(Exception):
    """A secret was encrypted with a key that is no longer configured."""


def seal(secret: str, *, purpose: str) -> str:
    """Return the secret encrypted, as the database stores it."""
    return _box(purpose).encrypt(secret.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """Return the decrypted secret. Raise UnreadableSecret if ``SECRET_KEY`` was changed without a fallback."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecret("The secret was sealed with another SECRET_KEY.") from error


def blind_index(value: str, *, purpose: str) -> str:
    """Return the index under which a value is stored, 64 hexadecimal digits; "" for an empty one. Normalise it before."""
    return blind_indexes(value, purpose=purpose)[0] if value else ""


def blind_indexes(value: str, *, purpose: str) -> list[str]:
    """Return the indexes that a value may be stored under: by the present key first, then by each former one."""
    if not value:
        return []
    return [
        hmac.new(_derived(key, f"{purpose}:index"), value.encode(), hashlib.sha256).hexdigest()
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]


def _box(purpose: str) -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key, purpose)) for key in keys])


def _derived(key: str | bytes, purpose: str) -> bytes:
    return base64.urlsafe_b64encode(salted_hmac(purpose, "", secret=key, algorithm="sha256").digest())
