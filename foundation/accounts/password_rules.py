"""Rules of new passwords beyond Django's: none of the last ones, and by setting a longest age."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts.models import FormerPassword, User


class NotUsedBefore:
    """Refuse the present password and the last ones (PASSWORD_HISTORY). Keeps their hashes."""

    def validate(self, password: str, user: Any = None) -> None:
        if not isinstance(user, User) or user.pk is None:
            return
        last = FormerPassword.objects.filter(user=user).order_by("-id")[: settings.PASSWORD_HISTORY]
        hashes = {user.password, *last.values_list("password", flat=True)}
        if any(check_password(password, each) for each in hashes):
            raise ValidationError(_("This is your present password, or one that you used before."))

    def password_changed(self, password: str, user: User) -> None:
        """Keep the hash of a password that was just stored, and forget those beyond the history."""
        if not user.has_usable_password():
            return
        FormerPassword.objects.create(user=user, password=user.password)
        kept = FormerPassword.objects.filter(user=user).order_by("-id")[: max(settings.PASSWORD_HISTORY, 1)]
        FormerPassword.objects.filter(user=user).exclude(
            pk__in=list(kept.values_list("pk", flat=True))
        ).delete()

    def get_help_text(self) -> str:
        return _("It must not be a password that you used before.")


def is_too_old(user: User) -> bool:
    """Return whether a person must choose a new password (PASSWORD_DAYS; 0 is never)."""
    if not settings.PASSWORD_DAYS:
        return False
    last = FormerPassword.objects.filter(user=user).order_by("-id").values_list("set_at", flat=True).first()
    return (last or user.created_at) < timezone.now() - dt.timedelta(days=settings.PASSWORD_DAYS)
