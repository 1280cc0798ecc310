"""Imports and their remarks."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import Bureau
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import BureauPolicy, CompositeForeignKey
from imports.choices import ImportState, Outcome


class Import(models.Model):
    """One run of ``import_records``: profile, files, bureau and result.

    Written once, at the end of the run, and never changed. ``files`` has one entry per file and kind of record (see
    ``imports.operations.tally``). A dry run or a failed run writes this row and nothing else.
    """

    append_only = True

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    profile = models.CharField(_("profile"), max_length=200)
    title = models.CharField(_("title"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=ImportState.choices)
    dry_run = models.BooleanField(_("dry run"), default=False)
    files = models.JSONField(_("files"), default=list)
    stations_created = models.PositiveIntegerField(_("stations created"), default=0)
    issue_count = models.PositiveIntegerField(_("remarks"), default=0)
    failure = models.TextField(_("why it failed"), blank=True)
    started_by_id = models.BigIntegerField(default=0, editable=False)
    started_by_name = models.CharField(_("started by"), max_length=80)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"))

    class Meta:
        ordering = ["-id"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["bureau", "-id"], name="import_bureau_idx")]
        constraints = [
            models.UniqueConstraint(fields=["id", "bureau"], name="import_bureau_key"),
            Kept(
                name="import_kept", columns=("started_by_id", "started_by_name", "started_at", "finished_at")
            ),
            BureauPolicy(name="import_rls", read=("police", "system"), write=("system",)),
        ]

    def __str__(self) -> str:
        return self.title or self.profile

    @property
    def starter(self) -> str:
        """Who started it, in the reader's words: an import is started on the command line or by a person."""
        return self.started_by_name if self.started_by_id else gettext("command line")

    @property
    def duration_s(self) -> float:
        return (self.finished_at - self.started_at).total_seconds()


class ImportIssue(models.Model):
    """One remark on one row of a file. The first few thousand are stored here, all of them in the CSV report.

    Its sentence is made when it is read, in the reader's language: ``code`` is its key in
    ``imports.remarks.SENTENCES``, ``values`` fills its placeholders.
    """

    append_only = True

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(
        Import, on_delete=models.CASCADE, related_name="issues", db_constraint=False, db_index=False
    )
    file = models.CharField(_("file"), max_length=200)
    row = models.PositiveIntegerField(_("row"), null=True)
    column = models.CharField(_("column"), max_length=200, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome.choices)
    code = models.CharField(_("what"), max_length=40)
    values = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        indexes = [models.Index(fields=["run", "id"], name="importissue_run_idx")]
        constraints = [
            CompositeForeignKey(
                name="importissue_run_fk",
                columns=("run_id", "bureau_id"),
                to="imports.Import",
                to_columns=("id", "bureau_id"),
            ),
            BureauPolicy(name="importissue_rls", read=("police", "system"), write=("system",)),
        ]

    def __str__(self) -> str:
        return f"{self.file}:{self.row} {self.code}"


class ImportedRecord(models.Model):
    """Where a record came from: the import, the file and its row. Undoing the import fills ``undone_at``.

    ``kind`` is the code of the target, ``object_id`` the record. ``is_new``: the import made it, or else updated it.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    run = models.ForeignKey(
        Import, on_delete=models.PROTECT, related_name="records", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    file = models.PositiveSmallIntegerField(default=0)  # which of ``run.files``
    row = models.PositiveIntegerField()
    is_new = models.BooleanField(default=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["run", "id"], name="importedrecord_run_idx"),
            models.Index(fields=["kind", "object_id"], name="importedrecord_of_idx"),
        ]
        constraints = [
            CompositeForeignKey(
                name="importedrecord_run_fk",
                columns=("run_id", "bureau_id"),
                to="imports.Import",
                to_columns=("id", "bureau_id"),
            ),
            Kept(
                name="importedrecord_kept",
                columns=("run_id", "kind", "object_id", "file", "row", "is_new"),
                once=(("undone_at",),),
            ),
            BureauPolicy(name="importedrecord_rls", read=("police", "system"), write=("system",)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
