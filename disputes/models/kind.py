"""Kinds of disputes: those that are shipped, and what a bureau adds to them."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from disputes.kinds import LONGEST_CODE, all_kinds, offered_kinds
from foundation.accounts.models import Bureau
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import BureauPolicy


class KindField(models.CharField):
    """Code of a kind of dispute. Its choices are those of the bureau whose scope is open, also those no longer in use.

    A form offers those in use. Migrations know it as a text, because kinds are data.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options | {"max_length": LONGEST_CODE, "choices": all_kinds})

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        options.pop("choices")
        return name, "django.db.models.CharField", args, options

    def formfield(self, **options: Any) -> Any:
        found: Any = super().formfield(**options)
        found.choices = lambda: [("", _("Choose")), *offered_kinds()]
        return found


class KindOfDispute(models.Model):
    """Kind of dispute 纠纷类别 of a bureau: one of its own, or what it changed in a shipped one.

    ``code`` is what records keep, and never changes: of a shipped kind its own (``disputes.choices.DisputeKind``), which takes
    its name from the translations; of the bureau's own ones ``own`` and a number. ``name`` is Chinese, ``name_en`` English; one is
    enough. ``place`` orders them. A kind that was retired is offered no more and stays readable on records; rows are never
    erased. All people of the bureau read them, enterprises included: they report by kind.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=LONGEST_CODE)
    name = models.CharField(_("name in Chinese"), max_length=40, blank=True)
    name_en = models.CharField(_("name in English"), max_length=40, blank=True)
    place = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    retired_on = models.DateField(_("no longer in use from"), null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["place", "id"]
        verbose_name = _("kind of dispute")
        verbose_name_plural = _("kinds of disputes")
        constraints = [
            models.UniqueConstraint(fields=["bureau", "code"], name="disputekind_once"),
            models.CheckConstraint(
                condition=~Q(code__startswith="own") | ~Q(name="", name_en=""), name="disputekind_named"
            ),
            BureauPolicy(name="disputekind_rls", write=("police", "system")),
            Kept(name="disputekind_kept", columns=("bureau_id", "code")),
        ]

    def __str__(self) -> str:
        return str(dict(all_kinds()).get(self.code, self.code))
