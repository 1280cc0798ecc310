"""Sheets that people take over by page: the file, its rows, and what became of each."""

from typing import Any

from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import OfPerson, Station
from foundation.tenancy.policies import CompositeForeignKey, PersonPolicy
from imports.choices import RowState, UploadState


def _of_grant(table: str) -> CompositeForeignKey:
    return CompositeForeignKey(
        name=f"{table}_grant_fk",
        columns=("grant_id", "bureau_id", "user_id"),
        to="accounts.RoleGrant",
        to_columns=("id", "bureau_id", "user_id"),
    )


def _of_upload(table: str) -> CompositeForeignKey:
    return CompositeForeignKey(
        name=f"{table}_upload_fk",
        columns=("upload_id", "grant_id"),
        to="imports.Upload",
        to_columns=("id", "grant_id"),
    )


class Upload(OfPerson):
    """Sheet 表格 that a person takes over, step by step: read, columns confirmed, rows checked, written.

    It is the workbench of one person in one role; what was written stands in :class:`imports.models.Import`, which the
    bureau sees. ``kind`` is the code of what its rows become. ``station`` is the one whose register it goes into; None
    for a supervisor, whose sheet names the station of each row. ``layout`` says where in the file the table is,
    ``outline`` what else was found there; ``header`` and ``columns`` what each column becomes. A worker holds it until
    ``leased_until``; ``attempts`` counts the workers, and only the last one stores anything.
    """

    deletable = True

    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    kind = models.CharField(_("what the rows become"), max_length=30)
    file_name = models.CharField(_("file"), max_length=200)
    size = models.PositiveBigIntegerField(default=0)
    language = models.CharField(max_length=16)  # in which workers tell what is wrong with the file
    state = models.CharField(
        _("state"), max_length=8, choices=UploadState.choices, default=UploadState.READING
    )
    failure = models.TextField(_("why it failed"), blank=True)
    layout = models.JSONField(default=dict)
    outline = models.JSONField(default=dict)
    header = models.JSONField(default=list)
    header_digest = models.CharField(max_length=64, blank=True)
    columns = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    run_ids = models.JSONField(default=list)  # the imports that wrote rows of it and are not undone
    version = models.PositiveIntegerField(default=1)
    begun_at = models.DateTimeField(_("begun"), auto_now_add=True)
    changed_at = models.DateTimeField(_("last changed"), auto_now=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("sheet")
        verbose_name_plural = _("sheets")
        indexes = [models.Index(fields=["grant", "-id"], name="upload_list_idx")]
        constraints = [
            models.UniqueConstraint(fields=["id", "grant"], name="upload_of_grant"),
            _of_grant("upload"),
            PersonPolicy(name="upload_rls"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def last_run_id(self) -> int:
        """The import that wrote rows last, 0 if none is written."""
        return self.run_ids[-1] if self.run_ids else 0


class UploadPart(OfPerson):
    """A piece of the uploaded file. In the database, because that is what all web servers and workers share."""

    deletable = True

    upload = models.ForeignKey(
        Upload, on_delete=models.PROTECT, related_name="parts", db_index=False, db_constraint=False
    )
    number = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        ordering = ["number"]
        verbose_name = _("part of a sheet")
        verbose_name_plural = _("parts of sheets")
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="uploadpart_once"),
            _of_upload("uploadpart"),
            _of_grant("uploadpart"),
            PersonPolicy(name="uploadpart_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}/{self.number}"


class UploadRow(OfPerson):
    """A row of the sheet and what becomes of it.

    ``cells`` are as they were read; ``mended`` are the cells that the person changed, by position. ``remarks`` are those
    of the last check (:class:`imports.remarks.Remark`). ``choice`` is what the person decided: to update the record,
    that a twin is the same enterprise or another one, or to leave the row out. ``twin_id`` is the record that the row stands
    for, or may stand for, 0 for none.
    """

    deletable = True

    upload = models.ForeignKey(
        Upload, on_delete=models.PROTECT, related_name="rows", db_index=False, db_constraint=False
    )
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(default=list)
    mended = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=9, choices=RowState.choices, default=RowState.UNCHECKED)
    remarks = models.JSONField(default=list)
    choice = models.CharField(max_length=8, blank=True)
    twin_id = models.BigIntegerField(default=0)
    stays = models.JSONField(default=list)  # fields of the record that are not to be updated
    before = models.JSONField(
        default=dict
    )  # what the record said before it was updated, and its version since

    class Meta:
        ordering = ["number"]
        verbose_name = _("row of a sheet")
        verbose_name_plural = _("rows of sheets")
        indexes = [models.Index(fields=["upload", "state", "number"], name="uploadrow_state_idx")]
        constraints = [
            models.UniqueConstraint(fields=["upload", "number"], name="uploadrow_once"),
            _of_upload("uploadrow"),
            _of_grant("uploadrow"),
            PersonPolicy(name="uploadrow_rls"),
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}:{self.number}"

    @staticmethod
    def text_at(position: int) -> Coalesce:
        """Return the expression of one cell with what was mended: reading whole rows costs a page seconds."""
        paths = [
            Func(column, Value(str(position)), function="jsonb_extract_path_text")
            for column in ("mended", "cells")
        ]
        return Coalesce(*paths, Value(""), output_field=models.TextField())

    def current(self, width: int) -> list[str]:
        """Return the cells with what was mended, ``width`` of them."""
        cells: list[Any] = [*self.cells[:width], *[""] * (width - len(self.cells))]
        for position, text in self.mended.items():
            cells[int(position)] = text
        return cells
