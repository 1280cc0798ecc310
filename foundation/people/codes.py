"""One-time codes: each works once, and wrong ones are counted as wrong passwords are."""

from typing import Any

from allauth.core import context
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation.accounts import events
from foundation.accounts.middleware import origin_of
from foundation.accounts.models import User
from foundation.database import caching
from foundation.people import lockout


def use_up(user: User, code: str) -> None:
    """Refuse a code that was used before. allauth forgets it after one period, before it stops being valid."""
    valid_s = (2 * app_settings.TOTP_TOLERANCE + 1) * app_settings.TOTP_PERIOD
    if not caching.first_time(("people:code", user.pk, normalize_user_code(code)), valid_s):
        raise get_adapter().validation_error("incorrect_code")


class ActivateForm(ActivateTOTPForm):
    """The first code of a new authenticator app."""

    def clean_code(self) -> str:
        code = str(super().clean_code())
        use_up(self.user, code)
        return code


class CountedCode:
    """Counts wrong codes by person and address, with the delays and the daily limit of wrong passwords."""

    user: User
    authenticator: Any
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        request, name = context.request, lockout.codes_of(self.user.username)
        address = origin_of(request)["address"]
        self._refuse_locked(name, address)
        try:
            code = str(super().clean_code())  # type: ignore[misc]  # of allauth's form
            try:
                use_up(self.user, code)
            except ValidationError:
                self._emit_authentication_failed(self.authenticator)  # type: ignore[attr-defined]
                raise
        except ValidationError as error:
            if error.code == "incorrect_code":
                lockout.count_failure(request, name, address)
            raise
        return code

    def _refuse_locked(self, name: str, address: str) -> None:
        request = context.request
        known = lockout.knows_device(request, self.user) and not lockout.is_guessing(request)
        if minutes := lockout.minutes_locked(name, address):
            words = _("Too many wrong codes. Try again in %(minutes)d minutes.") % {"minutes": minutes}
        elif lockout.is_guessed_by_many(name) and not known:
            words = _(
                "Too many wrong codes today. Log in on a device that you used before, or try again tomorrow."
            )
        else:
            return
        if lockout.is_new_lock(name, address):
            events.record_locked_out(request, self.user.username)
        raise ValidationError(words)


class LogInForm(CountedCode, AuthenticateForm):
    """The code after the password."""


class ConfirmForm(CountedCode, ReauthenticateForm):
    """The code before an act on the account's own security."""
