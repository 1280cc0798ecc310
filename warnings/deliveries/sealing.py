"""Signing secrets in the format of Standard Webhooks: generated here and stored encrypted.

The encryption key is derived from ``SECRET_KEY``, so that a dump of the database alone cannot sign anything. After a
change of the key, secrets stay readable if the old key is in ``SECRET_KEY_FALLBACKS``.
"""

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

PREFIX = "whsec_"


class UnreadableSecret(Exception):
    """A secret was encrypted with a key that is no longer configured."""


def new_secret() -> str:
    """Return a new secret of 32 random bytes, in the form that receivers configure."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def seal(secret: str) -> str:
    """Return the secret encrypted, as the database stores it."""
    return _box().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """Return the decrypted secret. Raise UnreadableSecret if ``SECRET_KEY`` was changed without a fallback."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise UnreadableSecret("The secret was sealed with another SECRET_KEY.") from error


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str | bytes) -> bytes:
    return base64.urlsafe_b64encode(
        salted_hmac("deliveries.sealing", "", secret=key, algorithm="sha256").digest()
    )
