"""Second factors as the database stores them: sealed, as the signing secrets of deliveries are."""

import base64
import secrets

import structlog
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from foundation.sealing import UnreadableSecret, seal, unseal

PURPOSE = "accounts.second_factor"
UNREADABLE = _(
    "Your second factor can no longer be read, so no code is accepted. Ask your station chief, bureau supervisor or "
    "platform operator to remove it; then set up a new one."
)
logger = structlog.get_logger(__name__)


class MFAAdapter(DefaultMFAAdapter):
    """allauth's hooks: the secret of an authenticator app and the seed of recovery codes are encrypted."""

    def validation_error(self, code: str) -> ValidationError:
        """Say of an unreadable factor that it is not the code that is wrong."""
        if code == "incorrect_code" and getattr(self.request, "unreadable_second_factor", False):
            return ValidationError(UNREADABLE)
        return super().validation_error(code)

    def encrypt(self, text: str) -> str:
        return seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret. Of one that cannot be read no code is right: a random secret stands in for it.

        The request remembers it, so that the person learns whom to ask, and no page shows what the stand-in yields.
        """
        try:
            return unseal(encrypted_text, purpose=PURPOSE)
        except UnreadableSecret:
            logger.error("second factor unreadable: SECRET_KEY was changed without SECRET_KEY_FALLBACKS")
            if self.request is not None:
                self.request.unreadable_second_factor = UNREADABLE
            return base64.b32encode(secrets.token_bytes(20)).decode()
