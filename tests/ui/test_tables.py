"""Rows of tables are drawn as django-tables2's own template draws them."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import django_tables2 as tables
import pytest
from django.forms import ChoiceField, Select
from django.template import Context, Template, engines
from django.utils.html import format_html
from django.utils.translation import override

from enterprises.choices import Colour
from enterprises.models import Enterprise
from foundation.accounts.models import Station
from foundation.ui.tables import NUM, Table

AS_DJANGO_TABLES2 = Template(
    "{% for row in table.paginated_rows %}<tr {{ row.attrs.as_html }}>{% for column, cell in row.items %}"
    '<td {{ column.attrs.td.as_html }} data-label="{{ column.header }}">{{ cell }}</td>\n'
    "{% endfor %}</tr>\n{% endfor %}"
)


class Columns(Table):
    """A column of each sort that our tables have."""

    name = tables.Column(verbose_name='<"Name">', attrs={"td": {"class": "cell-wide"}})
    colour = tables.Column()  # a choice shows its label
    score = tables.Column(attrs=NUM, default="none")  # a number as the language writes it
    registered_on = tables.Column()
    station = tables.Column(accessor="station__name")
    linked = tables.Column(accessor="name", linkify=lambda record: f"/{record.pk}/")
    made = tables.Column(accessor="headcount", empty_values=())
    known = tables.Column(accessor="category", empty_values=())
    safe = tables.Column(accessor="name")
    method = tables.Column(accessor="get_colour_display")
    template = tables.TemplateColumn("<b>{{ record.name }}</b>", accessor="name")

    def render_made(self, record: Enterprise) -> str:
        return f"{record.headcount} & more"

    def render_known(self, value: Any, record: Any, bound_row: Any, **known: Any) -> str:
        return f"{value!r} {record.pk} {bound_row.row_counter} {sorted(known)}"

    def render_safe(self, value: str) -> str:
        return format_html("<i>{}</i>", value)


class Struck(Columns):
    class Meta:
        row_attrs = {"class": lambda record: "voided" if record.pk == 2 else "", "data-href": "/x/"}


def enterprise(pk: int, **fields: Any) -> Enterprise:
    station = Station(pk=pk, name=f"所{pk}")
    return Enterprise(pk=pk, station=station, **{"name": f"<{pk}> & “Söhne”", "colour": Colour.RED, **fields})


ROWS = [
    enterprise(1, score=Decimal("1234.5"), registered_on=dt.date(2026, 2, 1), headcount=12),
    enterprise(2, score=None, registered_on=None, headcount=None, category="Shop"),
    enterprise(3, score=Decimal("0"), colour=Colour.GREY, name=""),
]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("table", [Columns, Struck])
@pytest.mark.parametrize("rows", [ROWS, [vars(row) | {"station": row.station} for row in ROWS]])
def test_rows_are_those_of_django_tables2(table: type[Table], rows: list[Any], language: str) -> None:
    if isinstance(rows[0], dict):
        rows = [SimpleNamespace(**row, pk=row["id"]) for row in rows]
    with override(language):
        expected = AS_DJANGO_TABLES2.render(Context({"table": table(rows)}))
        assert table(rows).body == expected
    assert "voided" not in expected or table is Struck


def test_a_table_without_rows_has_no_body() -> None:
    assert Columns([]).body == ""


def test_every_table_has_a_body() -> None:
    """``_table.html`` shows nothing else, so a table that only django-tables2 draws would look empty."""
    found = [
        each for each in tables.Table.__subclasses__() if not each.__module__.startswith("django_tables2")
    ]
    assert found == [Table]


def test_choices_look_as_in_djangos_own_template() -> None:
    choices = [("", "All"), ("<a>", "A & B"), ("Group", [(1, "One"), ("2", "Two")])]
    select = Select(attrs={"class": "form-select", "required": True, "hidden": False}, choices=choices)
    field = ChoiceField(choices=choices, widget=select)
    ours = field.widget.render("kind", "2")
    own = engines["django"].engine.get_template("django/forms/widgets/select_option.html")
    parts = [
        own.render(Context({"widget": option})).strip()
        for _group, options, _number in field.widget.optgroups("kind", ["2"])
        for option in options
    ]
    assert [part for part in parts if part not in ours] == []
    assert ours.count("<option") == len(parts) == 4
    assert '<optgroup label="Group">' in ours
    assert ours.count("</optgroup>") == 1
    assert ours.startswith('<select name="kind" class="form-select" required>')
