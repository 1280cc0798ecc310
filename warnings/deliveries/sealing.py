"""Signing secrets in the format of Standard Webhooks: generated here and stored encrypted (``foundation/sealing.py``)."""

import base64
import secrets

from foundation import sealing
from foundation.sealing import UnreadableSecret

__all__ = ["PREFIX", "UnreadableSecret", "new_secret", "seal", "unseal"]

PREFIX = "whsec_"
PURPOSE = "deliveries.sealing"


def new_secret() -> str:
    """Return a new secret of 32 random bytes, in the form that receivers configure."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def seal(secret: str) -> str:
    """Return the secret encrypted, as the database stores it."""
    return sealing.seal(secret, purpose=PURPOSE)


def unseal(sealed: str) -> str:
    """Return the decrypted secret. Raise UnreadableSecret if ``SECRET_KEY`` was changed without a fallback."""
    return sealing.unseal(sealed, purpose=PURPOSE)
