"""Acts on many rows: what is left to do, and what became of the rest."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import OfPerson
from foundation.bulk.choices import RunState
from foundation.tenancy.policies import CompositeForeignKey, PersonPolicy


class BulkRun(OfPerson):
    """One act on many rows 批量操作 of a list, by one person in one role.

    ``path`` and ``query`` are the address of the list, which declares the act called ``act``; ``arguments`` are what the form said.
    ``left`` are the ids of the rows that still have to be done, ``refused`` why a row was not (by its id), ``done`` and
    ``same`` how many were, and how many were so already. Each reason is kept in every language. A row leaves ``left`` in
    the transaction that changes it, so a
    worker that is killed leaves nothing half done and nothing is done twice. ``expected`` is what the person saw that each
    row would lose by it: one that has changed since is refused. ``key`` is that of the form: one that is sent twice starts
    one run.
    """

    deletable = True

    title = models.CharField(_("list"), max_length=200)
    path = models.CharField(max_length=500)
    query = models.TextField(blank=True)
    act = models.CharField(max_length=32)
    arguments = models.JSONField(default=dict)
    language = models.CharField(max_length=16)
    key = models.CharField(max_length=36)
    state = models.CharField(_("state"), max_length=8, choices=RunState.choices, default=RunState.RUNNING)
    left = models.JSONField(default=list)
    expected = models.JSONField(default=dict)
    refused = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    in_background = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(auto_now_add=True)
    worked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("act on many")
        verbose_name_plural = _("acts on many")
        indexes = [models.Index(fields=["bureau", "asked_at"], name="bulkrun_age_idx")]
        constraints = [
            models.UniqueConstraint(fields=["grant", "key"], name="bulkrun_once"),
            CompositeForeignKey(
                name="bulkrun_grant_fk",
                columns=("grant_id", "bureau_id", "user_id"),
                to="accounts.RoleGrant",
                to_columns=("id", "bureau_id", "user_id"),
            ),
            PersonPolicy(name="bulkrun_rls"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def list_url(self) -> str:
        """The address of the list as it was."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def reasons(self) -> dict[int, str]:
        """Why rows were refused, by id, in the reader's language. One of an earlier version has a single language."""
        code = get_language() or ""
        return {
            int(pk): why if isinstance(why, str) else why.get(code) or next(iter(why.values()), "")
            for pk, why in self.refused.items()
        }

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be done."""
        return self.state != RunState.RUNNING
