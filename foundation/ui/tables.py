"""Lists as tables: rows drawn quickly, page size, paging that does not count to a million, badges."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from html import unescape
from html.parser import HTMLParser
from types import MappingProxyType
from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.template import Context
from django.template.base import render_value_in_context
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django_tables2.columns import BoundColumn
from django_tables2.data import TableListData
from django_tables2.rows import BoundRow
from django_tables2.utils import A, signature

from foundation.words import Words

PER_PAGE = 50
COUNT_TO = 5_000
NUM = {"th": {"class": "num"}, "td": {"class": "num"}}
NAME = {"td": {"class": "cell-name"}}
_APART = {"div", "li", "br", "p"}  # elements that begin a line
_VOID = {"br", "img", "input", "rect"}  # elements without an end
_TITLE = re.compile(r'<div class="cell-title">\s*<a [^>]*>([^\0]*?)</a>')
_TAG = re.compile(r"<[^<>]*>")
_NUMBER = re.compile(r"-?\d[\d,]*(\.\d+)?")


class Table(tables.Table):
    """A table that inspects each column once, not once a cell.

    Columns, sorting and headers are django-tables2's; ``body`` draws the same rows as its template would, in a third of
    the time. Attributes of cells are the same in every row: they cannot be callables.

    A sheet of the rows has the same columns. ``sheet_labels`` names the columns that one of the page becomes there: none,
    or one for each part of a cell made by :func:`opening` ("" leaves a part out), or for each value that the method
    ``sheet_<column>`` returns for a record. Otherwise a cell is what the page shows: as a number or a day if it is one.

    ``optional`` names columns that are shown only to who chooses them. With ``picks`` each row begins with a box by which it
    is picked for what can be done with many.
    """

    sheet_labels: Mapping[str, tuple[Words, ...]] = MappingProxyType({})
    optional: Collection[str] = ()
    picks = False

    @property
    def choosable(self) -> list[BoundColumn]:
        """The columns that a person may leave out or move: all but the one that names the record and what is before it."""
        columns = list(self.columns.all())
        named = next((number for number, each in enumerate(columns) if str(each.header)), 0)
        return columns[named + 1 :]

    def arrange(self, names: Sequence[str]) -> None:
        """Show these of the choosable columns in this order. Without names: all but the ``optional`` ones."""
        choosable = {column.name: column for column in self.choosable}
        shown = [each for each in dict.fromkeys(names) if each in choosable] or [
            each for each in choosable if each not in self.optional
        ]
        rest = [each for each in choosable if each not in shown]
        for name in rest:
            self.columns.hide(name)
        first = [column.name for column in self.columns.all() if column.name not in choosable]
        self.sequence = [*first, *shown, *rest]

    def complete(self, records: Sequence[Any]) -> None:
        """Add to the records of a page, or of a batch of a sheet, what their query does not bring."""

    @cached_property
    def body(self) -> SafeString:
        """The rows as HTML, empty if there are none."""
        rows = list(self.paginated_rows)
        self.complete([row.record for row in rows])
        cells = [_cell(column, rows[0].record) for column in self.columns] if rows else []
        lines = []
        choose = conditional_escape(_("Choose %(name)s"))
        for row in rows:
            attrs = row.attrs.as_html() if self.row_attrs else f'class="{row.get_even_odd_css_class()}"'
            drawn = "".join([cell(row) for cell in cells])
            picker = _picker(row.record.pk, drawn, choose) if self.picks else ""
            lines.append(f"<tr {attrs}>{picker}{drawn}</tr>\n")
        return mark_safe("".join(lines))

    def header_of_sheet(self) -> list[str]:
        """Return the labels of the columns of a sheet."""
        return [
            str(label)
            for column in self.columns
            for label in self.sheet_labels.get(column.name, (column.header,))
            if label
        ]

    def rows_of_sheet(self) -> Iterator[list[Any]]:
        """Return the cells of each row of a sheet."""
        rows = list(self.rows)
        self.complete([row.record for row in rows])
        cells = [self._sheet_cells(column, rows[0].record) for column in self.columns] if rows else []
        for row in rows:
            yield [value for values in cells for value in values(row)]

    def _sheet_cells(self, column: BoundColumn, first: Any) -> Callable[[BoundRow], tuple[Any, ...]]:
        """Return the function for the cells of a sheet that a column becomes."""
        labels = self.sheet_labels.get(column.name)
        own = getattr(self, f"sheet_{column.name}", None)
        if labels == ():
            return lambda row: ()
        if own is not None:
            return lambda row: own(row.record)
        content = _content(column, first)
        if labels is not None:
            return lambda row: tuple(
                part for part, label in zip(content(row).parts, labels, strict=True) if label
            )
        accessor, is_number = A(column.accessor), "num" in (column.attrs["td"].get("class") or "").split()

        only_writes = isinstance(column.column, tables.TemplateColumn)  # a day, in one way or another

        def cell(row: BoundRow) -> tuple[Any]:
            value = accessor.resolve(row.record, quiet=True)
            if only_writes and isinstance(value, dt.date):
                return (value,)
            return (_sheet_value(value, content(row), is_number),)

        return cell


class _Reader(HTMLParser):
    """Collects the text of HTML, without what is hidden from screen readers: icons and shapes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0  # depth within a hidden element

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden or ("aria-hidden", "true") in attrs:
            self._hidden += tag not in _VOID
        elif tag in _APART:
            self.found.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Ignore an element without content."""

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag not in _VOID:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)


def text_of(shown: object) -> str:
    """Return what a cell of a page shows as text, without what only eyes or only programs see."""
    text = str(shown)
    if isinstance(shown, SafeString) and "<" in text:
        reader = _Reader()
        reader.feed(text)
        reader.close()
        text = "".join(reader.found)
    elif isinstance(shown, SafeString):
        text = unescape(text)
    text = " ".join(text.split())
    return "" if text == "–" else text


def _sheet_value(value: Any, shown: Any, is_number: bool) -> Any:
    """Return a cell of a sheet: the number or the day that the page shows, else its text. Never what is not shown."""
    text = text_of(shown)
    if not text or isinstance(value, bool):
        return text
    if isinstance(value, dt.date):
        return value
    if (is_number or isinstance(value, int | float | Decimal)) and _NUMBER.fullmatch(text):
        return Decimal(text.replace(",", ""))
    return text


def _picker(pk: int, drawn: str, choose: str) -> str:
    """Return the cell with the box of a row, which is called as its main cell is."""
    title = _TITLE.search(drawn)
    named = _TAG.sub("", title[1]).strip() if title else ""
    label = choose % {"name": named or str(pk)}
    return (
        f'<td class="pick"><input type="checkbox" class="form-check-input" name="pick" value="{pk}" form="bulk"'
        f' aria-label="{label}"></td>'
    )


def _cell(column: BoundColumn, first: Any) -> Callable[[BoundRow], str]:
    """Return the function that draws the cells of a column, chosen by the first record."""
    content = _content(column, first)
    opening = f'<td {column.attrs["td"].as_html()} data-label="{conditional_escape(column.header)}">'
    context = Context()

    def cell(row: BoundRow) -> str:
        shown = content(row)
        if not isinstance(shown, SafeString):
            shown = render_value_in_context(shown, context)
        return f"{opening}{shown}</td>\n"

    return cell


def _content(column: BoundColumn, first: Any) -> Callable[[BoundRow], Any]:
    """Return what ``BoundRow.get_cell`` does for a column that shows an attribute of a record. Others use it."""
    accessor = A(column.accessor)
    if (
        not isinstance(first, Model)
        or accessor.SEPARATOR in accessor
        or callable(getattr(first, accessor, None))
        or not hasattr(column.column, "render")
    ):
        return lambda row: row.get_cell(column.name)
    render, link, default, empty = column.render, column.link, column.default, column.column.empty_values
    wanted, takes_all = signature(render)
    words = dict(getattr(accessor.get_field(first), "flatchoices", ()))

    def content(row: BoundRow) -> Any:
        record = row.record
        value = getattr(record, accessor, None)
        if value in empty:
            return default
        if wanted == ("record",) and not (takes_all or link):
            return render(record=record)
        if words:
            value = words.get(value, value)
        if wanted == ("value",) and not (takes_all or link):
            return render(value=value)
        known = {
            "value": value,
            "record": record,
            "column": column.column,
            "bound_column": column,
            "bound_row": row,
            "table": row.table,
        }
        made = render(**(known if takes_all else {name: known[name] for name in wanted}))
        return link(made, **known) if link else made

    return content


class CappedPaginator(Paginator):
    """Counts no further than COUNT_TO rows: nobody pages through more, a filter is quicker."""

    @cached_property
    def count(self) -> int:
        bound: Any = self.object_list  # django-tables2 passes its BoundRows
        rows = bound.data.data
        if not isinstance(rows, QuerySet):
            return len(rows)
        # the key alone: what a row is annotated with would be planned for nothing
        return rows.order_by().values("pk")[:COUNT_TO].count()


class Presorted(TableListData):
    """A page of rows that PostgreSQL has already sorted and cut; the table must not sort them again."""

    def order_by(self, aliases: Any) -> None:
        return None


def badge(tone: str, words: Words) -> SafeString:
    """Return a state as a badge."""
    return format_html('<span class="badge bg-{}-lt">{}</span>', tone, words)


class Opening(SafeString):
    """The main cell of a row: title, line and mark."""

    said: tuple[object, object, object]

    @property
    def parts(self) -> tuple[str, str, str]:
        """Title, line and mark as text; only sheets read them."""
        title, line, mark = map(text_of, self.said)
        return title, line, mark


def opening(url: str, title: object, line: object = "", mark: object = "") -> Opening:
    """Return the main cell of a row: a title that links to the record and a quiet line below it."""
    made = Opening(
        format_html(
            '<div class="cell-title"><a href="{}">{}</a> {}</div><div class="quiet">{}</div>',
            url,
            title,
            mark,
            line,
        )
    )
    made.said = (title, line, mark)
    return made
