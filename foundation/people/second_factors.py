"""Second factors as the database stores them: sealed, as the signing secrets of deliveries are."""

import base64
import secrets

import structlog
from allauth.mfa.adapter import DefaultMFAAdapter

from foundation.sealing import UnreadableSecret, seal, unseal

PURPOSE = "accounts.second_factor"
logger = structlog.get_logger(__name__)


class MFAAdapter(DefaultMFAAdapter):
    """allauth's hooks: the secret of an authenticator app and the seed of recovery codes are encrypted."""

    def encrypt(self, text: str) -> str:
        return seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret. Of one that cannot be read no code is right: a random secret stands in for it."""
        try:
            return unseal(encrypted_text, purpose=PURPOSE)
        except UnreadableSecret:
            logger.error("second factor unreadable: SECRET_KEY was changed without SECRET_KEY_FALLBACKS")
            return base64.b32encode(secrets.token_bytes(20)).decode()
