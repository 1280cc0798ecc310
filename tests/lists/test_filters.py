"""Filters of lists: several values, what is left out, what is empty, days in words; and nonsense in their place."""

import datetime as dt
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from disputes.staff.tables import DisputeFilter
from enterprises import selectors
from enterprises.filters import EnterpriseFilter
from enterprises.models import Enterprise
from facts.selectors import visible
from facts.staff.tables import FactFilter
from foundation.tenancy.scope import station_scope
from foundation.ui.filters import MOST_VALUES, PicksFilter
from foundation.ui.tables import COUNT_TO
from foundation.ui.views.lists import rows
from incidents.staff.tables import IncidentFilter
from inspections.selectors import list_hazards
from inspections.staff.tables import HazardFilter, InspectionFilter
from tests.accounts.conftest import House, house, quick_passwords
from tests.exports.reading import about, lines_of, rows_of, taken
from tests.factories import (
    DisputeFactory,
    EnterpriseFactory,
    HazardFactory,
    IncidentFactory,
    InspectionFactory,
    LiaisonFactory,
)
from tests.facts.people import ago, ahead
from tests.facts.states import MAKERS

__all__ = ["house", "quick_passwords"]
HAZARDS = "/inspections/hazards/?state=all&"


@pytest.fixture
def register(house: House) -> dict[str, Enterprise]:
    """Enterprises of each colour, with and without what may be empty; one is at another station."""
    station, officer = house.city.first, house.people["officer"]
    found: dict[str, Any] = {
        "red": EnterpriseFactory(
            station=station, colour="red", street="望江路街道", division_code="110105", industry_code="C34"
        ),
        "yellow": EnterpriseFactory(
            station=station, colour="yellow", street="石桥街道", division_code="110106", industry_code="G59"
        ),
        "green": EnterpriseFactory(
            station=station, colour="green", key_unit_class="2", next_inspection_on=ago(40)
        ),
        "grey": house.enterprise,
        "elsewhere": EnterpriseFactory(station=house.city.second, colour="red", street="东街道"),
    }
    LiaisonFactory(enterprise=found["red"], officer=officer)
    LiaisonFactory(enterprise=found["yellow"], officer=house.people["chief"])
    LiaisonFactory(enterprise=found["yellow"], officer=officer, kind="deputy")
    LiaisonFactory(enterprise=found["elsewhere"], officer=house.people["officer_second"])
    return found


def names(house: House, query: str, who: str = "officer") -> set[int]:
    """Return the ids that the register shows with this query."""
    answer = house.client(who).get(f"/enterprises/?{query}")
    assert answer.status_code == 200
    assert not answer.context["invalid"], query
    return {row.pk for row in answer.context["table"].data}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("colour=red", {"red"}),
        ("colour=red&colour=yellow", {"red", "yellow"}),
        ("colour=red&colour=yellow&colour_not=1", {"green", "grey"}),
        ("colour_not=1", {"red", "yellow", "green", "grey"}),
        ("key_unit=yes", {"green"}),
        ("key_unit=no&key_unit=2", {"red", "yellow", "green", "grey"}),
        ("section=C&section=none", {"red", "green", "grey"}),
        ("section=C,G59&section_not=1", {"green", "grey"}),
        ("liaison=me", {"red", "yellow"}),
        ("liaison=none", {"green", "grey"}),
        ("liaison=none&liaison={chief}", {"yellow", "green", "grey"}),
        ("liaison={chief}&liaison_not=1", {"red", "green", "grey"}),
        ("street=望江路街道,石桥街道", {"red", "yellow"}),
        ("street=none&street_not=1", {"red", "yellow"}),
        ("due=overdue_30", {"green"}),
        ("due=none", {"red", "yellow", "grey"}),
    ],
)
def test_the_register_is_narrowed(
    house: House, register: dict[str, Enterprise], query: str, expected: set[str]
) -> None:
    people = {name: str(person.pk) for name, person in house.people.items()}
    assert names(house, query.format(**people)) == {register[name].pk for name in expected}


def test_a_bureau_asks_for_areas_stations_and_officers(house: House, register: dict[str, Enterprise]) -> None:
    pk = {name: each.pk for name, each in register.items()}
    assert names(house, "area=110105", "supervisor") == {pk["red"]}
    assert names(house, "area=110100&area_not=1", "supervisor") == {pk["green"], pk["grey"], pk["elsewhere"]}
    second = house.people["officer_second"].pk
    assert names(house, f"liaison={second},none", "supervisor") == {pk["green"], pk["grey"], pk["elsewhere"]}
    station = f"station={house.city.second.pk}&station_not=1&colour=red"
    assert names(house, station, "supervisor") == {pk["red"]}
    picker = house.client("supervisor").get("/enterprises/pick/liaison/?q=second").json()
    assert {str(second)} <= {each["value"] for each in picker["found"]}
    assert str(house.people["officer_elsewhere"].pk) not in str(picker)


def everything(house: House, register: dict[str, Enterprise]) -> list[tuple[type[FactFilter], QuerySet[Any]]]:
    """Make records in all their states at three enterprises. Return each kind's filter and rows."""
    places = [register["red"], register["grey"], register["yellow"]]
    for factory, fields, states in (MAKERS[kind] for kind in ("hazard", "dispute", "incident")):
        for number, own in enumerate([*states.values(), {}]):
            factory(enterprise=places[number % 3], **{**fields, **own})
    HazardFactory(enterprise=places[0], major_from_on=ago(3), due_on=ahead(5), found_on=ago(9))
    for conclusion in ("", "qualified"):
        InspectionFactory(enterprise=places[1], conclusion=conclusion)
    actor = house.actor("officer")
    kinds = (
        (DisputeFilter, DisputeFactory),
        (IncidentFilter, IncidentFactory),
        (InspectionFilter, InspectionFactory),
    )
    rows = [(kind, visible(actor, factory._meta.model, voided=True)) for kind, factory in kinds]
    return [(HazardFilter, list_hazards(actor, voided=True)), *rows]


def test_what_is_left_out_is_all_the_rest(house: House, register: dict[str, Enterprise]) -> None:
    """Whatever may be empty or has a state that depends on today: no row is in both, none in neither."""
    actor = house.actor("officer")
    with station_scope(actor.scope()):
        lists: list[tuple[Any, Any, dict[str, Any]]] = [
            (kind, rows, {}) for kind, rows in everything(house, register)
        ]
        options = {"officers": list(selectors.list_officers(actor)), "stations": []}
        lists.append((EnterpriseFilter, selectors.visible(actor), options))
        tried = 0
        for kind, rows, own in lists:

            def found(query: str, kind: Any = kind, rows: Any = rows, own: Any = own) -> set[int]:
                narrowed = kind(QueryDict(query), queryset=rows, actor=actor, **own)
                assert narrowed.is_valid(), narrowed.form.errors
                return set(narrowed.qs.values_list("pk", flat=True))

            all_of_them = found("")
            assert all_of_them
            plain = kind(QueryDict(""), queryset=rows, actor=actor, **own)
            for name, each in plain.filters.items():
                if not isinstance(each, PicksFilter):
                    continue
                for value in each.field.input.labels():
                    query = f"{name}={quote(value)}"
                    these, others = found(query), found(f"{query}&{name}_not=1")
                    assert these | others == all_of_them, (kind, query)
                    assert not these & others, (kind, query)
                    tried += bool(these) and bool(others)
        assert tried > 20  # of these the rows are divided


def test_records_are_found_by_what_the_register_says(house: House, register: dict[str, Enterprise]) -> None:
    for name in ("red", "yellow", "grey"):
        HazardFactory(enterprise=register[name], item=name, place="", due_on=ago(31), found_on=ago(50))
    HazardFactory(enterprise=register["red"], item="soon", place="", due_on=ahead(7), found_on=ago(50))
    client = house.client("officer")

    def items(query: str) -> set[str]:
        return {line[0] for line in lines_of(taken(client, HAZARDS + query, "csv").content)[1:]}

    assert items("liaison=none") == {"grey"}
    assert items("liaison=me") == {"red", "yellow", "soon"}
    assert items(f"liaison={house.people['chief'].pk}&liaison_not=1") == {"red", "grey", "soon"}
    assert items("street=石桥街道") == {"yellow"}
    assert items("due=overdue_30&street=none&street_not=1") == {"red", "yellow"}
    assert items("due=due_7") == {"soon"}


def test_words_move_with_the_calendar_and_the_file_says_which_days(house: House) -> None:
    """At 16:00 UTC a new day begins in Shanghai, and here a new quarter."""
    for item, day in (("old", dt.date(2026, 9, 30)), ("new", dt.date(2026, 10, 1))):
        HazardFactory(enterprise=house.enterprise, item=item, place="", found_on=day)
    path = f"{HAZARDS}period=this_quarter&origin=self&origin_not=1"
    for moment, expected, first, last in (
        ("2026-09-30 15:59:00+00:00", ["old"], "2026-07-01", "2026-09-30"),
        ("2026-09-30 16:00:00+00:00", ["new"], "2026-10-01", "2026-12-31"),
    ):
        with time_machine.travel(moment, tick=True):
            client = house.client("officer")
            words = f"This quarter ({first} to {last})"
            assert words in client.get(path).content.decode()
            content = taken(client, path).content
            assert [row[0] for row in rows_of(content)[1:]] == expected
            told = about(content)
            assert (told["Period"], told["Found by"]) == (words, "all except Found by the enterprise")


@pytest.mark.parametrize(
    "query",
    [
        "colour=blue",
        "colour=red&colour=blue",
        "colour=red&colour_not=perhaps",
        "colour=red%00",
        "liaison=99999999",
        "liaison=none%00",
        "liaison={officer_elsewhere}",
        "street=nowhere",
        "street=%00",
        "section=ZZ",
        "section=" + ",".join(f"C{number}" for number in range(MOST_VALUES + 1)),
        "&".join(f"colour={number}" for number in range(900)),
        "due=never",
        "due=overdue&due=none",
    ],
)
@pytest.mark.parametrize("who", ["officer", "supervisor"])
def test_nonsense_is_named(house: House, who: str, query: str) -> None:
    ids = {name: str(person.pk) for name, person in house.people.items()}
    answer = house.client(who).get(f"/enterprises/?{query.format(**ids)}")
    assert answer.status_code == 200
    assert answer.context["invalid"]
    assert "A filter has an invalid value" in answer.content.decode()


@pytest.mark.parametrize("narrowed", ["section=C", "street=望江路街道"])
def test_a_page_of_very_many_rows_is_read_in_their_order(
    house: House, register: dict[str, Enterprise], narrowed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        InspectionFactory(enterprise=register["red"], inspected_on=ago(number))
        InspectionFactory(enterprise=register["yellow"], inspected_on=ago(number))
    client = house.client("officer")
    pages = {}
    for most in (COUNT_TO, 2):
        monkeypatch.setattr(rows, "COUNT_TO", most)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(f"/inspections/?{narrowed}")
        pages[most] = [row.record.pk for row in page.context["table"].paginated_rows]
        asking = [each["sql"] for each in asked.captured_queries]
        planning = [number for number, each in enumerate(asking) if "enable_sort" in each]
        assert bool(planning) == (most == 2)
        if planning:
            read = next(number for number, each in enumerate(asking) if '"inspected_on" DESC' in each)
            assert min(planning) < read < max(planning)
    assert pages[2] == pages[COUNT_TO]
    assert len(pages[2]) == 3
