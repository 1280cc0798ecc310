"""Notifications: what happened that concerns a person."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation.contributions.notifications import Cause, causes
from foundation.tenancy.policies import CompositeForeignKey, PersonPolicy


class Notification(models.Model):
    """Notification 通知 of one person, in one role: one row per person and cause.

    Written by :mod:`foundation.inbox.notifying` in the transaction of what happened; afterwards only ``read_at``
    changes. ``code`` names the cause (``notifications.py`` of an app), ``key`` the single event, so that a repeated task
    notifies nobody twice. ``values`` fill the words, which are made when it is read, in the reader's language. It
    belongs to the role grant: whoever loses the role no longer reads it, and whoever joins later has none.
    """

    deletable = True

    # the composite key covers user and bureau; each key in the database would cost 5 µs a row
    user = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        related_name="notifications",
        db_index=False,
        db_constraint=False,
    )
    grant = models.ForeignKey(
        "accounts.RoleGrant", on_delete=models.PROTECT, related_name="notifications", db_index=False
    )
    bureau = models.ForeignKey(
        "accounts.Bureau",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        db_constraint=False,
    )
    code = models.CharField(max_length=64)
    key = models.CharField(max_length=160)
    object_id = models.BigIntegerField(default=0)
    values = models.JSONField(default=dict)
    at = models.DateTimeField(_("when"), auto_now_add=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["grant", "-id"], name="notification_list_idx"),
            models.Index(fields=["grant"], condition=Q(read_at=None), name="notification_unread_idx"),
            models.Index(fields=["bureau", "at"], name="notification_age_idx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notification_once"),
            CompositeForeignKey(
                name="notification_grant_fk",
                columns=("grant_id", "bureau_id", "user_id"),
                to="accounts.RoleGrant",
                to_columns=("id", "bureau_id", "user_id"),
            ),
            PersonPolicy(name="notification_rls"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def cause(self) -> Cause | None:
        """What it is about; None if no app declares it any more."""
        return causes.get(self.code)

    @property
    def told(self) -> dict[str, Any]:
        """The values that its reader may still read: none of what another station keeps now (``selectors.with_reach``)."""
        return {} if getattr(self, "is_hidden", False) else self.values

    @property
    def shown(self) -> dict[str, Any]:
        """The values for the words, in the reader's language."""
        language = get_language() or settings.LANGUAGE_CODE
        found = _Values(
            (name, value.get(language, next(iter(value.values()))) if isinstance(value, dict) else value)
            for name, value in self.told.items()
        )
        if self.cause:
            found.update(
                {name: show(found[name]) for name, show in self.cause.shown.items() if name in found}
            )
        return found

    @property
    def text(self) -> str:
        """The line, in the reader's language."""
        return str(self.cause.words) % self.shown if self.cause else self.code


class _Values(dict[str, Any]):
    """Values by placeholder; one that an earlier version did not store is a dash."""

    def __missing__(self, name: str) -> str:
        return "–"
