"""Signing secrets in the format of Standard Webhooks: generated here and stored encrypted (``foundation/sealing.py``)."""

import base64
import secrets

from foundation import sealing
from foundation.sealing import UnreadableSecret

__all__ = ["PREFIX", "UnreadableSecret", "hint_of", "new_secret", "seal", "unseal"]

PREFIX = "whsec_"
PURPOSE = "deliveries.sealing"


def new_secret() -> str:
    """Return a new secret of 32 random bytes, in the form that receivers configure."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def hint_of(secret: str) -> str:
    """Return the last four characters of a secret, by which people tell it from another: 24 of its 256 bits."""
    return secret.rstrip("=")[-4:]


def seal(secret: str) -> str:
    """Return the secret encrypted, as the database stores it."""
    return sealing.seal(secret, purpose=PURPOSE)


def unseal(sealed: str) -> str:
    """Return the decrypted secret. Raise UnreadableSecret if ``SECRET_KEY`` was changed without a fallback."""
    return sealing.unseal(sealed, purpose=PURPOSE)
