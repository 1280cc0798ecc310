"""Keys with which a department's systems call the API."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models.organisations import Bureau, Department
from foundation.accounts.models.people import User
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import CompositeForeignKey, DirectoryPolicy
from foundation.words import Words


class ApiKey(models.Model):
    """An API key of one system: its department, scopes and area. Its text is shown once and stored as a hash.

    ``prefix`` is part of the text and names the key in lists and logs. ``digest`` is the SHA-256 of the whole text,
    which is enough because the secret half is random. The area is the whole bureau, with stations that are added later
    (``whole_bureau``), or ``stations`` alone. With ``networks`` it is accepted only from an address in one of them.
    ``replaced_by`` is the key that took over; the old key then expires early. Keys are read before any scope is open,
    so outside a scope they are open. Only :mod:`foundation.accounts.operations.keys` writes them.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        related_name="keys",
        db_constraint=False,
        verbose_name=_("department"),
    )
    title = models.CharField(_("title"), max_length=60, help_text=_("The system that uses the key."))
    prefix = models.CharField(_("prefix"), max_length=8, unique=True)
    digest = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=32), verbose_name=_("rights"))
    whole_bureau = models.BooleanField(_("whole bureau"))
    stations = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name=_("stations"))
    networks = ArrayField(
        models.CharField(max_length=43), default=list, blank=True, verbose_name=_("networks")
    )
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("issued"), auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    # set by the pages (foundation.people.views.keys): scopes and area in words, and how long the key works
    rights: list[Words]
    area: list[str]
    soon: bool
    until: dt.date | dt.datetime
    days_left: int

    class Meta:
        ordering = ["bureau", "department", "id"]
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(whole_bureau=True, stations=[]) | Q(whole_bureau=False) & ~Q(stations=[]),
                name="apikey_area",
                violation_error_message=_("Choose the whole bureau, or the stations."),
            ),
            Kept(
                name="apikey_kept",
                columns=(
                    "bureau_id",
                    "department_id",
                    "prefix",
                    "digest",
                    "scopes",
                    "whole_bureau",
                    "stations",
                    "networks",
                    "created_by_id",
                    "created_at",
                ),
                once=(("revoked_at",), ("replaced_by_id",)),
                falling=("expires_at",),
            ),
            CompositeForeignKey(
                name="apikey_department_fk",
                columns=("department_id", "bureau_id"),
                to="accounts.Department",
                to_columns=("id", "bureau_id"),
            ),
            DirectoryPolicy(name="apikey_rls", department="department", hides=True),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.prefix})"

    @property
    def is_live(self) -> bool:
        """Whether the key works now."""
        return self.revoked_at is None and self.expires_at > timezone.now()
