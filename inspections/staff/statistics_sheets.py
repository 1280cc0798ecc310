"""The statistics of inspections as workbooks: the quarter by station, and which items fail most."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from foundation.downloads import XLSX, private_file
from foundation.exports import operations as exports
from foundation.exports.choices import Format
from foundation.exports.sheets import file_name
from foundation.spreadsheets.writing import workbook
from inspections.staff.failing_pages import FailingPage
from inspections.staff.figures_page import FiguresPage, Row

FIGURES = (
    gettext_lazy("Station"),
    gettext_lazy("Inspections"),
    gettext_lazy("By a checklist"),
    gettext_lazy("Could find something new"),
    gettext_lazy("Nothing found"),
    gettext_lazy("Nothing found, %"),
    gettext_lazy("Hazards left at the inspection"),
    gettext_lazy("No order about the finding"),
    gettext_lazy("No order about the finding, %"),
    gettext_lazy("Photos"),
    gettext_lazy("Photos an inspection"),
    gettext_lazy("Minutes, median"),
    gettext_lazy("Never inspected"),
    gettext_lazy("Inspection overdue"),
)
FAILING = (
    pgettext_lazy("of an item", "Code"),
    gettext_lazy("What is asked"),
    gettext_lazy("Critical"),
    pgettext_lazy("checklist", "Failed"),
    gettext_lazy("Answers"),
    gettext_lazy("Failed, %"),
    gettext_lazy("Failed in the quarter before, %"),
)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _of_station(row: Row) -> list[Any]:
    it = row.counts
    return [
        *(str(row.name), it.inspections, it.checked, it.judged, it.empty, _rounded(it.empty_share)),
        *(it.to_order, it.unordered, _rounded(it.unordered_share)),
        *(it.photos, _rounded(it.photos_each), _rounded(row.minutes), it.never, it.overdue),
    ]


class _Sheet:
    """What both workbooks have in common: as a file, noted in the log."""

    actor: Any

    def file(
        self,
        title: str,
        labels: Iterable[Any],
        rows: Sequence[Sequence[Any]],
        facts: Iterable[tuple[Any, Any]],
    ) -> HttpResponse:
        exports.record_file(actor=self.actor, title=title, kind=Format.XLSX, rows=len(rows))
        said = [(str(label), value) for label, value in facts]
        return private_file(workbook(title, labels, rows, said), XLSX, file_name(title, "xlsx"))


class FiguresSheet(_Sheet, FiguresPage):
    """The figures of a quarter by station, and all together, as a workbook."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        shown = self.get_context_data()
        rows = [_of_station(each) for each in shown["rows"]]
        if len(rows) > 1:
            rows.append(_of_station(shown["all"]))
        facts = [
            (_("Quarter"), str(self.quarter)),
            (_("Counted"), shown["counted_at"]),
            (_("Note"), _("Of fewer than %(fewest)d there is no share.") % {"fewest": shown["fewest"]}),
        ]
        return self.file(f"{self.title} {self.quarter}", FIGURES, rows, facts)


class FailingSheet(_Sheet, FailingPage):
    """The items of a quarter by the share of answers in which they failed, as a workbook."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        shown = self.get_context_data()
        rows = [
            [
                *(each["question"].code, str(each["question"].words)),
                _("yes") if each["question"].critical else _("no"),
                *(each["figures"].failed, each["figures"].asked),
                *(_rounded(each["figures"].share), _rounded(each["figures"].share_before)),
            ]
            for each in (*shown["rows"], *shown["never"])
        ]
        sections = dict(shown["sections"])
        facts = [
            (_("Quarter"), str(self.quarter)),
            (_("Industry"), str(sections.get(shown["section"], _("All")))),
            (_("Counted"), shown["counted_at"]),
            (_("Note"), _("Of fewer than %(fewest)d there is no share.") % {"fewest": shown["fewest"]}),
        ]
        return self.file(f"{self.title} {self.quarter}", FAILING, rows, facts)
