"""Downloads that a worker makes, and the bytes of those that are ready."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import OfPerson
from foundation.exports.choices import UNFINISHED, ExportState, Format
from foundation.tenancy.policies import CompositeForeignKey, PersonPolicy


class Export(OfPerson):
    """Download 下载 of a list by one person in one role, made by a worker and kept for a day.

    ``path`` and ``query`` are the address of the list, ``digest`` that of address, format and language: who asks for
    the same list again while it is being made gets this one. A worker holds it until ``leased_until``; ``attempts``
    counts the workers, and only the last one stores anything. ``filters`` says in words what the file leaves out.
    """

    deletable = True

    title = models.CharField(_("list"), max_length=200)
    path = models.CharField(max_length=500)
    query = models.TextField(blank=True)
    filters = models.TextField(blank=True)
    format = models.CharField(_("format"), max_length=8, choices=Format.choices)
    language = models.CharField(max_length=16)
    digest = models.CharField(max_length=64)
    state = models.CharField(
        _("state"), max_length=8, choices=ExportState.choices, default=ExportState.WAITING
    )
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ready"), null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        indexes = [models.Index(fields=["bureau", "asked_at"], name="export_age_idx")]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "digest"], condition=Q(state__in=UNFINISHED), name="export_once"
            ),
            models.UniqueConstraint(fields=["id", "grant"], name="export_of_grant"),
            CompositeForeignKey(
                name="export_grant_fk",
                columns=("grant_id", "bureau_id", "user_id"),
                to="accounts.RoleGrant",
                to_columns=("id", "bureau_id", "user_id"),
            ),
            PersonPolicy(name="export_rls"),
        ]

    def __str__(self) -> str:
        return self.title


class ExportPart(OfPerson):
    """A piece of a download's file. In the database, because that is what all web servers and workers share."""

    deletable = True

    export = models.ForeignKey(
        Export, on_delete=models.PROTECT, related_name="parts", db_index=False, db_constraint=False
    )
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["number"]
        verbose_name = _("part of a download")
        verbose_name_plural = _("parts of downloads")
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="exportpart_once"),
            CompositeForeignKey(
                name="exportpart_export_fk",
                columns=("export_id", "grant_id"),
                to="exports.Export",
                to_columns=("id", "grant_id"),
            ),
            CompositeForeignKey(
                name="exportpart_grant_fk",
                columns=("grant_id", "bureau_id", "user_id"),
                to="accounts.RoleGrant",
                to_columns=("id", "bureau_id", "user_id"),
            ),
            PersonPolicy(name="exportpart_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.export_id}/{self.number}"
