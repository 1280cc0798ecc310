"""Pages of imports into the bureau and their remarks."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from foundation.accounts.access import WrongState
from foundation.ui.views import ButtonPage, Crumb, ListPage, OfRecord
from imports import selectors
from imports.access import Permission
from imports.choices import Outcome
from imports.filters import IssueFilter
from imports.models import Import, ImportIssue
from imports.operations import replying, undoing
from imports.profile_reading import names
from imports.remarks import KEPT_ISSUES, cut_text, left_out_because, pattern
from imports.tables import ImportTable, IssueTable
from imports.targets import kind_word

IMPORTS = gettext_lazy("Imports")
MOST_UNDONE = 2_000  # records that one request undoes


class ImportList(ListPage):
    """The imports of the bureau, and how to start one."""

    permission = Permission.VIEW_IMPORTS
    title = IMPORTS
    template_name = "imports/list.html"
    table_class = ImportTable
    icon = "file-import"
    empty_title = gettext_lazy("No imports yet")
    empty_text = gettext_lazy("Here you will see each import with its files, counts and remarks.")

    def get_queryset(self) -> QuerySet[Import]:
        return selectors.list_imports(self.actor)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(profiles=names(), **context)


class OneImport(OfRecord):
    """A page about the import in the URL."""

    permission = Permission.VIEW_IMPORTS

    def find_record(self) -> Import:
        return selectors.get_import(self.actor, self.kwargs["import_id"])

    def get_issues(self) -> QuerySet[ImportIssue]:
        return selectors.list_issues(self.actor, self.record.pk)


class ImportReport(OneImport, ListPage):
    """One import: its files and its remarks."""

    template_name = "imports/report.html"
    filterset_class = IssueFilter
    table_class = IssueTable
    icon = "circle-check"
    empty_title = gettext_lazy("No remarks")
    empty_text = gettext_lazy(
        "Every row was imported as it is, was already here, or was left out by the profile."
    )

    def get_title(self) -> str:
        return str(self.record)

    def get_trail(self) -> list[Crumb]:
        return [Crumb(IMPORTS, reverse("imports:list"))]

    def get_queryset(self) -> QuerySet[ImportIssue]:
        return self.get_issues()

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return super().get_filterset_kwargs(filterset_class) | {"run": self.record}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        run = self.record
        files = [
            {
                **each,
                "left_out": sum(each["skipped"].values()),
                "skipped": {left_out_because(why): count for why, count in each["skipped"].items()},
                "becomes": kind_word(each["becomes"]),
            }
            for each in run.files
        ]
        return super().get_context_data(
            run=run,
            files=files,
            remarks=run.issue_count,
            cut=cut_text(KEPT_ISSUES, run.issue_count) if run.issue_count > KEPT_ISSUES else "",
            kinds=_kinds(run),
            own_sheet=replying.own_sheet_of(self.actor, run),
            undoable=run.records.filter(undone_at=None).exists(),
            **context,
        )


class ImportUndo(OneImport, ButtonPage):
    """Takes everything back that the import wrote, while nothing builds on it."""

    def perform(self) -> int:
        if self.record.records.filter(undone_at=None).count() > MOST_UNDONE:
            words = _(
                "The import wrote more than %(count)d records. Undo it on the page of its sheet, or have an administrator "
                "run the command undo_import %(number)d."
            )
            raise WrongState(words % {"count": MOST_UNDONE, "number": self.record.pk})
        return undoing.undo(actor=self.actor, run_id=self.record.pk)

    def get_back_url(self) -> str:
        return reverse("imports:report", args=[self.record.pk])

    def done(self) -> HttpResponse:
        words = ngettext("%(count)d record is taken back.", "%(count)d records are taken back.", self.result)
        messages.success(self.request, words % {"count": self.result})
        return self.go(self.get_back_url())


def _kinds(run: Import) -> list[dict[str, Any]]:
    """Return the count of each kind of remark, refusals first; none if all remarks are kept."""
    found = [
        {
            **each,
            "file": file["file"],
            "what": each["text"] or pattern(each["code"]),
            "label": Outcome(each["outcome"]).label,
        }
        for file in run.files
        for each in file.get("kinds", ())
    ]
    return sorted(found, key=lambda kind: (kind["outcome"] != Outcome.REFUSED, -kind["count"]))
