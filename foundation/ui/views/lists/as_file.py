"""A list as a file: the rows its filters find, with the columns, the order and the words of the page."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django_tables2 import RequestConfig

from foundation.contributions.sheets import NUMBER, Target, number_of, target_of
from foundation.exports.sheets import Sheet
from foundation.ui.tables import Presorted
from foundation.ui.templatetags.anqi import filter_chips
from foundation.ui.views.lists.arranging import Arranged
from foundation.words import Words


class AsFile(Arranged):
    """A list to take away. It has the columns of the table; without a table ``sheet_labels`` and ``sheet_row`` name them."""

    sheet_labels: ClassVar[tuple[Words, ...]] = ()

    @property
    def picked(self) -> list[int] | None:
        """The rows that alone are taken away; None for all."""
        return None

    def is_answerable(self) -> bool:
        """Read the rows. Whether the filters in the URL are valid."""
        self.filterset = self.filterset_class and self.get_filterset(self.filterset_class)
        if self.get_invalid(self.filterset):
            return False
        self.object_list = self.get_rows() if self.filterset is None else self.filterset.qs
        return True

    def get_sheet(self, most: int) -> Sheet:
        if not self.is_answerable():
            raise Http404("the filters are no longer valid")
        if (picked := self.picked) is not None:
            self.object_list = self.get_rows().filter(pk__in=picked)  # whatever the filters are by now
        table = None
        if self.table_class is not None:
            table = RequestConfig(self.request, paginate=False).configure(
                self.arranged(self.get_whole_table())
            )
        rows = self.get_sheet_rows(table)
        keys = rows.values_list("pk", flat=True)[:most] if isinstance(rows, QuerySet) else rows[:most]
        labels = table.header_of_sheet() if table is not None else [str(label) for label in self.sheet_labels]
        if self.numbered:
            labels = [*labels, str(NUMBER)]
        told = self.tell(table)
        if picked is not None:
            told.append((_("Selected"), f"{len(keys):,}"))
        return Sheet(str(self.get_title()), labels, list(keys), self.get_cells, told)

    @property
    def numbered(self) -> Target | None:
        """What the rows may be brought back as: each has a number by which it is known then."""
        return target_of(self.object_list.model) if isinstance(self.object_list, QuerySet) else None

    def get_sheet_rows(self, table: Any) -> Any:
        """Return all rows in the order of the page."""
        return self.object_list if table is None else table.data.data

    def get_sheet_records(self, keys: Any) -> list[Any]:
        """Return some rows, as the page shows them."""
        if not isinstance(self.object_list, QuerySet):
            return list(keys)
        found = {record.pk: record for record in self.object_list.order_by().filter(pk__in=keys)}
        return [found[key] for key in keys if key in found]

    def get_cells(self, keys: Any) -> Any:
        """Return the cells of some rows."""
        records = self.get_sheet_records(keys)
        if self.table_class is None:
            rows: Any = [self.sheet_row(record) for record in records]
        else:
            rows = self.arranged(
                self.table_class(Presorted(records), **self.get_table_kwargs())
            ).rows_of_sheet()
        if kind := self.numbered:
            return [(*row, number_of(kind, record.pk)) for row, record in zip(rows, records, strict=True)]
        return rows

    def sheet_row(self, record: Any) -> tuple[Any, ...]:
        """Return the cells of a row of a list without a table: what the page shows, and no more."""
        raise NotImplementedError

    def tell(self, table: Any) -> list[tuple[str, str]]:
        """Return tab, filters and order in words."""
        tabs = [str(tab["label"]) for tab in self.get_tabs() if tab["active"]]
        told = [(_("Shown"), label) for label in tabs if label != str(self.get_title())]
        if self.picked is None:
            chips = filter_chips({"request": self.request}, self.filterset)
            told += [(chip["label"], chip["value"]) for chip in chips]
        for alias in (table is not None and table.order_by) or ():
            if alias.bare in table.columns:
                falling = _("%(column)s, falling") if alias.is_descending else _("%(column)s, rising")
                told.append((_("Order"), falling % {"column": table.columns[alias.bare].header}))
        return told
