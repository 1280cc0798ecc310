"""What the preview of a sheet shows: how many rows become what, and those of one sort with what is to be decided."""

from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enterprises.models import Enterprise
from foundation.accounts.actors import Actor
from foundation.contributions.sheets import targets
from foundation.database.fields import field_of
from imports.cells import as_text
from imports.choices import Choice, Outcome, RowState
from imports.labels import word_of
from imports.models import Upload, UploadRow
from imports.naming import ENTERPRISE_BY
from imports.operations.mending import most_rows
from imports.operations.missing import is_settled, not_in
from imports.operations.uploads import ready_rows
from imports.remarks import pattern, sentence
from imports.targets import ENTERPRISE

PER_PAGE = 50
ROWS_OF_A_CAUSE = 5
MOST_VALUES = 6  # of a column with the same fault, each a cause of its own
MOST_GROUPED = 20_000  # rows with faults that are sorted by cause
TABS: dict[str, tuple[Any, str, Any]] = {
    RowState.NEW: (_("New"), "plus", _("Not here yet.")),
    RowState.SAME: (_("The same"), "equal", _("As here; nothing changes.")),
    RowState.CHANGED: (_("Changed"), "pencil", _("Updated only if you choose so.")),
    RowState.DOUBTFUL: (_("Doubtful"), "help-circle", _("Perhaps here already.")),
    RowState.REFUSED: (_("With faults"), "alert-circle", _("Mend them here, or in the sheet.")),
    RowState.LEFT_OUT: (_("Left out"), "minus", _("Totals, notes, and what you leave out.")),
    RowState.WRITTEN: (_("Taken over"), "circle-check", _("In the register now.")),
    RowState.UNCHECKED: (_("Not checked"), "clock", _("Check all rows again.")),
}
ALWAYS = (RowState.NEW, RowState.SAME, RowState.CHANGED, RowState.DOUBTFUL, RowState.REFUSED)
FIRST = (RowState.REFUSED, RowState.DOUBTFUL, RowState.CHANGED, RowState.NEW, RowState.WRITTEN, RowState.SAME)
FACES = ("name", "credit_code", "address")  # by which people know a row of enterprises

Faulty = tuple[int, dict[str, Any]]  # the number of a row, and its first fault


@dataclass
class Cell:
    """A cell of a row as the preview shows it."""

    position: int
    label: str
    text: str
    was: str = ""  # before it was mended
    faults: list[str] = field(default_factory=list)
    proposal: str = ""

    @property
    def is_mended(self) -> bool:
        return self.was != self.text


@dataclass(frozen=True)
class Change:
    """A field in which a row differs from the record. ``stays``: the person leaves it as it is."""

    name: str
    label: str
    here: str
    there: str
    stays: bool


@dataclass
class Shown:
    """A row as the preview shows it."""

    row: UploadRow
    face: list[tuple[str, str]]  # label and text of the cells by which people know it
    cells: list[Cell]  # those with faults
    others: list[str] = field(default_factory=list)  # faults of no cell
    changes: list["Change"] = field(default_factory=list)
    twin: Any = None

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def is_chosen(self) -> bool:
        return self.row.choice in (Choice.UPDATE, Choice.IS_SAME)


@dataclass
class Cause:
    """What is wrong with some rows, in one column. ``value``: the one that all have there, None if they differ."""

    code: str
    column: str
    position: int | None
    words: str
    value: str | None
    numbers: list[int]
    rows: list[Shown]

    @property
    def count(self) -> int:
        return len(self.numbers)

    @property
    def proposal(self) -> str:
        """What all rows may take instead, "" if they differ in that."""
        found = {cell.proposal for row in self.rows for cell in row.cells if cell.position == self.position}
        return found.pop() if self.value is not None and len(found) == 1 else ""

    @property
    def proposes(self) -> bool:
        """Whether rows have a proposal, each its own."""
        return any(cell.proposal for row in self.rows for cell in row.cells if cell.position == self.position)

    @property
    def rest(self) -> int:
        return self.count - len(self.rows)


class Preview:
    """The rows of one sheet, those in the state of one tab in full."""

    def __init__(self, actor: Actor, sheet: Upload, *, tab: str = "", page: int = 1) -> None:
        self.actor = actor
        self.sheet, self.header = sheet, sheet.header
        self.counts: dict[str, int] = sheet.counts
        work = next((state for state in FIRST if self.counts.get(state)), RowState.NEW)
        self.tab, self.number = tab or str(work), page
        self.target = targets[sheet.kind]
        self.places = {name: position for position, name in enumerate(self.header)}

    @cached_property
    def missing(self) -> int | None:
        """How many enterprises of the register are not in the list; None for other lists, and while that is not known."""
        if self.sheet.kind != ENTERPRISE or not is_settled(self.sheet):
            return None
        return not_in(self.actor, self.sheet).count()

    @property
    def in_workbook(self) -> int:
        """How many of the rows with faults a workbook has; 0 if it has all."""
        most = most_rows(self.sheet)
        return most if self.counts.get(RowState.REFUSED, 0) > most else 0

    @property
    def tabs(self) -> list[dict[str, Any]]:
        return [
            {
                "state": str(state),
                "label": label,
                "icon": icon,
                "hint": hint,
                "count": self.counts.get(state, 0),
                "is_open": state == self.tab,
            }
            for state, (label, icon, hint) in TABS.items()
            if state in ALWAYS or self.counts.get(state)
        ]

    @cached_property
    def ready(self) -> dict[str, int]:
        """How many rows would be written now, new ones and updates."""
        rows = ready_rows(self.sheet)
        new = rows.filter(state=RowState.NEW).count()
        return {"new": new, "updates": rows.count() - new, "all": rows.count()}

    @property
    def left(self) -> int:
        """How many rows wait for a person."""
        waiting = sum(self.counts.get(state, 0) for state in (RowState.DOUBTFUL, RowState.REFUSED))
        return waiting + self.counts.get(RowState.CHANGED, 0) - self.ready["updates"]

    @cached_property
    def page(self) -> Any:
        return Paginator(self._rows(), PER_PAGE).get_page(self.number)

    @cached_property
    def rows(self) -> list[Shown]:
        shown = [self._shown(row) for row in self.page.object_list]
        twins = {row.row.twin_id for row in shown if row.row.twin_id}
        if self.sheet.kind == ENTERPRISE and twins:
            there = Enterprise.objects.in_bulk(twins)  # the scope of the person
            for each in shown:
                each.twin = self._beside(each.row, there.get(each.row.twin_id))
        return shown

    def _rows(self) -> Any:
        rows = self.sheet.rows.order_by("number")
        if self.tab == RowState.LEFT_OUT:
            return rows.filter(state=RowState.LEFT_OUT) | rows.filter(choice=Choice.LEAVE)
        return rows.filter(state=self.tab).exclude(choice=Choice.LEAVE)

    # --- rows with faults, by cause -----------------------------------------------------------------------------------

    @cached_property
    def causes(self) -> list[Cause]:
        """The causes of refusal, that of most rows first. A row stands under its first fault and shows all."""
        found: dict[tuple[str, str], list[Faulty]] = {}
        faulty = self._rows()[:MOST_GROUPED]
        for number, remarks in faulty.values_list("number", "remarks"):
            first = next((each for each in remarks if each["outcome"] == Outcome.REFUSED), None)
            if first is not None:
                found.setdefault((first["code"], first["column"]), []).append((number, first))
        places = {place for _code, column in found if (place := self.places.get(column)) is not None}
        texts = {place: self._texts(faulty, place) for place in places}
        sorts: list[tuple[str, str, int | None, str | None, list[Faulty]]] = []
        for (code, column), rows in found.items():
            position = self.places.get(column)
            by_value: dict[str, list[Faulty]] = {}
            for number, first in rows:
                text = "" if position is None else texts[position].get(number, "")
                by_value.setdefault(text, []).append((number, first))
            is_one = len(by_value) > MOST_VALUES
            for value, same in [(None, rows)] if is_one else by_value.items():
                sorts.append((code, column, position, value, same))
        named = [number for *_cause, same in sorts for number, _first in same[:ROWS_OF_A_CAUSE]]
        whole = {row.number: row for row in self.sheet.rows.filter(number__in=named)}
        causes = [self._cause(*sort, whole) for sort in sorts]
        return sorted(causes, key=lambda cause: -cause.count)

    @staticmethod
    def _texts(rows: Any, position: int) -> dict[int, str]:
        """Return the cells of one column, by the number of the row."""
        return dict(rows.values_list("number", UploadRow.text_at(position)))

    def _cause(
        self,
        code: str,
        column: str,
        position: int | None,
        value: str | None,
        rows: list[Faulty],
        whole: dict[int, UploadRow],
    ) -> Cause:
        words = pattern(code) if value is None else self._words(rows[0][1])
        shown = [self._shown(whole[number]) for number, _first in rows[:ROWS_OF_A_CAUSE] if number in whole]
        return Cause(code, column, position, words, value, [number for number, _first in rows], shown)

    @staticmethod
    def _words(remark: dict[str, Any]) -> str:
        return sentence(remark["code"], remark["values"])

    def proposals(self, numbers: list[int], position: int) -> dict[int, str]:
        """Return what each of these rows may take in one column, by row."""
        column = self.header[position]
        return {
            row.number: str(remark["values"]["proposal"])
            for row in self.sheet.rows.filter(number__in=numbers)
            for remark in row.remarks
            if remark["column"] == column and remark["values"].get("proposal")
        }

    def numbers_of(self, code: str, column: str, value: str | None) -> list[int]:
        """Return the rows that stand under a cause."""
        wanted = (code, column, value)
        return next(
            (each.numbers for each in self.causes if (each.code, each.column, each.value) == wanted), []
        )

    # --- one row --------------------------------------------------------------------------------------------------------

    def _shown(self, row: UploadRow) -> Shown:
        cells = row.current(len(self.header))
        faults: dict[int, Cell] = {}
        shown = Shown(row, self._face(cells), [])
        for remark in row.remarks:
            position = self.places.get(remark["column"])
            if remark["code"] in ("differs", "updated"):
                name, said = remark["column"], remark["values"]
                stays = name in row.stays
                here, there = (self._said(name, said[where]) for where in ("here", "there"))
                shown.changes.append(Change(name, self._label(name), here, there, stays))
            elif position is None:
                shown.others.append(self._words(remark))
            else:
                cell = faults.setdefault(position, self._cell(row, cells, position))
                cell.faults.append(self._words(remark))
                cell.proposal = cell.proposal or str(remark["values"].get("proposal", ""))
        for position in map(int, row.mended):
            faults.setdefault(position, self._cell(row, cells, position))
        shown.cells = [faults[position] for position in sorted(faults)]
        return shown

    def _cell(self, row: UploadRow, cells: list[str], position: int) -> Cell:
        was = row.cells[position] if position < len(row.cells) else ""
        return Cell(position, self.header[position], cells[position], was)

    @cached_property
    def face_positions(self) -> list[int]:
        """The columns by which people know a row."""
        by_field = {name: column["position"] for column in self.sheet.columns for name in column["becomes"]}
        wanted = [name for name in (*FACES, *ENTERPRISE_BY, *self.target.alike) if name in by_field]
        return list(dict.fromkeys(by_field[name] for name in wanted))[:3]

    @property
    def face_labels(self) -> list[str]:
        return [self.header[position] for position in self.face_positions]

    def _face(self, cells: list[str]) -> list[tuple[str, str]]:
        return [(self.header[position], cells[position]) for position in self.face_positions]

    def _said(self, name: str, value: str) -> str:
        """Return a value of a field in words, where it is one of a list."""
        found = self.target.fields.get(name)
        return word_of(found, value) if found else value

    def _label(self, name: str) -> str:
        found = self.target.fields.get(name)
        return capfirst(str(found.verbose_name)) if found else name

    def _beside(self, row: UploadRow, twin: Enterprise | None) -> dict[str, Any] | None:
        """Return a row and the enterprise that it may be, field by field."""
        if twin is None:
            return None
        cells = row.current(len(self.header))
        pairs = []
        for column in self.sheet.columns:
            for name in column["becomes"]:
                if name in self.target.fields:
                    here = self._said(name, as_text(getattr(twin, name)))
                    label = capfirst(str(field_of(Enterprise, name).verbose_name))
                    there = cells[column["position"]]
                    pairs.append((label, there, here, there.strip() != here))
        return {"enterprise": twin, "pairs": pairs}


def rows_text(count: int) -> str:
    """Return a number of rows in words."""
    return ngettext("%(count)d row", "%(count)d rows", count) % {"count": count}
