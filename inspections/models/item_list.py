"""The bureau's list of hazard items."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import Bureau
from foundation.tenancy.policies import BureauPolicy


class ItemList(models.Model):
    """One version of a bureau's list of hazard items 隐患事项清单: what hazards are called, how grave, how long they may take.

    Published by a supervisor with a reason and never changed; the next version follows it. The latest one is in force,
    the shipped list (:mod:`inspections.items`) until there is one. A hazard keeps code and wording of the version by
    which it was recorded.
    """

    append_only = True

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(_("version"))
    items: Any = models.JSONField(default=list)  # [{"code": …, "name": …, "major": …, "days": …}]
    reason = models.TextField(_("reason"), max_length=2000)
    published_by = models.CharField(max_length=80, blank=True)
    published_by_id = models.BigIntegerField(default=0)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        verbose_name = _("list of hazard items")
        verbose_name_plural = _("lists of hazard items")
        constraints = [
            models.UniqueConstraint(fields=["bureau", "number"], name="itemlist_number"),
            BureauPolicy(name="itemlist_rls", write=("police", "system")),
        ]

    def __str__(self) -> str:
        return str(self.number)
