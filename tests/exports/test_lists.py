"""Every list of every role, taken away as a file: what the page shows, and no more."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from foundation.accounts.access import EVERY_ROLE, Role
from foundation.accounts.checks import project_views
from foundation.accounts.choices import AuditAction as AccountAction
from foundation.contributions.sheets import NUMBER
from foundation.ui.views import Downloadable, ListPage
from inspections.models import Hazard
from tests.accounts.conftest import House, house, log_of, quick_passwords
from tests.exports.reading import about, lines_of, rows_of, taken
from tests.factories import EnterpriseFactory, HazardFactory, LiaisonFactory
from tests.isolation.test_front_door import MARK, address, person_of, routes, side
from tests.isolation.test_unknown_filters import context_of

__all__ = ["house", "quick_passwords"]
PARTS = ["Green"]  # the column Colours of runs is one for each colour
QUICK = {Role.SUPERVISOR, Role.SECURITY_MANAGER, Role.DEPARTMENT_OFFICER}
ROLES = [
    pytest.param(role, marks=[] if role in QUICK else [pytest.mark.drill]) for role in sorted(EVERY_ROLE)
]


def headers_of(page: str) -> list[str]:
    """Return the columns that a table on a page has, without the one for picking rows."""
    head = re.search(r"<thead.*?</thead>", page[page.index('id="results"') :], re.DOTALL)
    assert head
    cells = re.findall(r"<th\b.*?</th>", head.group(), re.DOTALL)
    return [text for cell in cells if (text := " ".join(strip_tags(cell).split()))]


def shown_by(context: Any) -> int:
    """Return the number of rows of a list, on all its pages."""
    table, page = context_of_all(context, "table"), context_of_all(context, "page_obj")
    if (shown := context_of_all(context, "shown")) is not None:
        return shown.paginator.count
    if table is not None:
        return table.page.paginator.count  # counted while the page was drawn
    return page.paginator.count if page is not None else len(context_of_all(context, "object_list"))


def context_of_all(context: Any, name: str) -> Any:
    return context.get(name) if context is not None else None


def downloadable() -> list[tuple[str, Any]]:
    with_object, plain = routes()
    return [
        (route, pattern)
        for route, pattern in (*plain, *with_object)
        if issubclass(getattr(pattern.callback, "view_class", object), Downloadable)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_a_file_has_the_columns_and_rows_of_its_page(role: str) -> None:
    mine = side("Mine")
    foreign = [side(f"{MARK}-bureau")]
    if role != Role.SUPERVISOR:
        foreign.append(side(f"{MARK}-station", bureau=mine.bureau))
    client, found = person_of(mine, role), []
    for route, pattern in downloadable():
        path = address(route, pattern, mine, mine)
        page = client.get(path)
        answer = taken(client, path)
        if page.status_code != 200:
            assert answer.status_code == page.status_code, path
            continue
        if answer.status_code == 302:  # no quarter is rated, nothing to compare
            assert not isinstance(context_of(page, "view"), ListPage), path
            assert answer["Location"] == path
            continue
        assert answer.status_code == 200, path
        header, *rows = rows_of(answer.content)
        if role != Role.OPERATOR:  # who sees all bureaus
            assert MARK not in str(rows), path
        assert len(rows) == shown_by(page.context), path
        assert all(header), path
        table = context_of(page, "table")
        if table is not None and rows:
            first = [table.sheet_labels.get(column.name, (column.header,)) for column in table.columns]
            if getattr(context_of(page, "view"), "numbered", None):  # a kind that comes in again
                assert header.pop() == NUMBER, path
            assert header == [str(label) for labels in first for label in labels if label], path
            own = [column.header for column in table.columns if column.header]
            assert headers_of(page.content.decode()) == own, path
            named = [labels[0] for labels in first if labels]
            assert [name for name, header in zip(named, own, strict=True) if name != header] in ([], PARTS), (
                path
            )
        found.append(path)
    assert found


def test_every_list_is_one_of_them() -> None:
    """A page with a list that cannot be taken away would be left out in silence."""
    lists = [
        route
        for route, pattern in project_views()
        if hasattr(getattr(pattern.callback, "view_class", None), "table_pagination")
    ]
    known = [route for route, _pattern in downloadable()]
    assert [route for route in lists if route not in known] == []


# --- one list -------------------------------------------------------------------------------------------------------


@pytest.fixture
def hazards(house: House) -> list[Hazard]:
    day = dt.date(2026, 11, 20)
    return [
        HazardFactory(enterprise=house.enterprise, item=item, place="", found_on=day + dt.timedelta(number))
        for number, item in enumerate(("=Blocked exit", "堵塞安全出口", "Faulty lamp"))
    ]


@pytest.mark.usefixtures("hazards")
def test_filters_order_and_who_are_told(house: House) -> None:
    client = house.client("officer")
    path = "/inspections/hazards/?state=all&since=2026-11-21&sort=-found_on"
    answer = taken(client, path)
    assert answer["Content-Disposition"].endswith('.xlsx"')
    header, *rows = rows_of(answer.content)
    assert [row[0] for row in rows] == ["Faulty lamp", "堵塞安全出口"]
    assert rows[0][header.index("Enterprise")] == "Qinghe Foundry"
    assert rows[0][header.index("Found on")] == dt.date(2026, 11, 22)
    told = about(answer.content)
    assert told["List"] == "Hazards"
    assert told["From"] == "2026-11-21"
    assert told["Order"] == "Found on, falling"
    assert told["Shown"] == "All"
    assert told["Rows"] == 2
    assert told["By"] == "Full officer, Officer"
    assert told["Organisation"] == str(house.city.first)


@pytest.mark.usefixtures("hazards")
def test_a_csv_holds_no_formula_and_speaks_the_reader_s_language(house: House) -> None:
    client = house.client("officer")
    client.cookies["anqi_language"] = "zh-hans"
    header, *lines = lines_of(taken(client, "/inspections/hazards/?state=all&sort=found_on", "csv").content)
    assert header[0] == "隐患"
    assert lines[0][0] == "'=Blocked exit"


@pytest.mark.usefixtures("hazards")
def test_the_log_says_who_took_what(house: House) -> None:
    taken(house.client("officer"), "/inspections/hazards/?state=all&q=Qinghe")
    [entry] = [each for each in log_of(house.city) if each.action == "export.take_away"]
    assert entry.object_label == "Hazards"
    assert entry.after["rows"] == 3
    assert entry.after["format"] == "xlsx"
    assert "Qinghe" in entry.after["filters"]
    assert entry.actor_name == "Full officer"
    assert entry.station_id == house.city.first.pk
    page = house.client("chief").get("/people/log/").content.decode()
    assert "Downloaded a list" in page


def test_the_register_has_what_its_columns_show(house: House) -> None:
    EnterpriseFactory(station=house.city.first, name="Alpha", headcount=12, dangerous_goods=True)
    LiaisonFactory(enterprise=house.enterprise, officer=house.people["officer"])
    client = house.client("officer")
    header, *rows = rows_of(taken(client, "/enterprises/?sort=-name").content)
    assert [row[0] for row in rows] == ["Qinghe Foundry", "Alpha"]
    alpha = dict(zip(header, rows[1], strict=True))
    assert alpha["Headcount"] == 12
    assert alpha["Remarks"] == "dangerous goods"
    assert alpha["Open hazards"] == 0
    assert alpha["Liaison officer"] == "vacant"
    assert rows[0][header.index("Liaison officer")] == "Full officer"


def test_nobody_gets_more_than_the_page_shows(house: House) -> None:
    """Neither what the row holds besides, nor what other roles see."""
    secret = "13800001234"
    firm = EnterpriseFactory(
        station=house.city.first, name="Beta", legal_representative="Legal Zhang", phone=secret
    )
    HazardFactory(enterprise=firm, item="Open wire", place="", note="police only")
    for name in ("officer", "supervisor"):
        for path in ("/enterprises/", "/inspections/hazards/?state=all"):
            text = taken(house.client(name), path, "csv").content.decode("utf-8-sig")
            assert "Beta" in text
            assert secret not in text
            assert "police only" not in text
    own = taken(house.client("enterprise_staff"), "/inspections/hazards/?state=all", "csv").content.decode(
        "utf-8-sig"
    )
    assert "Open wire" not in own


def test_a_wrong_filter_or_format_takes_nothing_away(house: House) -> None:
    client = house.client("officer")
    answer = taken(client, "/inspections/hazards/?since=never")
    assert (answer.status_code, answer["Location"]) == (302, "/inspections/hazards/?since=never")
    assert taken(client, "/inspections/hazards/", "exe").status_code == 302
    assert taken(Client(), "/inspections/hazards/").status_code == 302
    acts = [entry.action for entry in log_of(house.city)]
    assert set(acts) <= {AccountAction.LOG_IN}


def test_a_list_shown_under_another_role_is_not_taken_away(house: House) -> None:
    client = house.client("officer")
    answer = taken(client, "/inspections/hazards/", acting="999999")
    assert answer.status_code == 422
    grant = house.people["officer"].grants.get().pk
    again = taken(client, "/inspections/hazards/", acting="999999", show_as=grant)
    assert (again.status_code, again["Location"]) == (302, "/inspections/hazards/")
