"""What each audience's scope tells PostgreSQL, and which scopes cannot exist."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.tenancy.scope import NO_STATION, UNSET, Audience, Scope, current_scope

LARGEST = str(2**63 - 1)
ids = st.integers(1, 2**63 - 1)
stations = st.lists(ids, min_size=1, max_size=5).map(tuple)
WHOLE_STATIONS = st.sampled_from([Audience.POLICE, Audience.SYSTEM])


def array(numbers: tuple[int, ...]) -> str:
    return "{" + ",".join(str(number) for number in numbers) + "}"


@given(stations, st.integers(0, 9), WHOLE_STATIONS)
def test_police_and_system_see_every_enterprise_of_their_stations(
    stations: tuple[int, ...], bureau: int, audience: Audience
) -> None:
    assert Scope(stations, bureau=bureau, audience=audience).settings() == {
        "app.stations": array(stations),
        "app.bureau": str(bureau),
        "app.department": "0",
        "app.audience": array((audience,)),
        "app.enterprise_from": "0",
        "app.enterprise_to": LARGEST,
        "app.grant": "0",
        "app.link": "",
    }


@given(stations, ids)
def test_an_enterprise_sees_itself(stations: tuple[int, ...], enterprise: int) -> None:
    assert Scope(stations, bureau=3, enterprise=enterprise, audience=Audience.ENTERPRISE).settings() == {
        "app.stations": array(stations),
        "app.bureau": "3",
        "app.department": "0",
        "app.audience": "{enterprise}",
        "app.enterprise_from": str(enterprise),
        "app.enterprise_to": str(enterprise),
        "app.grant": "0",
        "app.link": "",
    }


@pytest.mark.parametrize(("area", "seen"), [((), "{0}"), ((0,), "{0}"), ((7, 8), "{7,8}")])
def test_a_department_sees_no_enterprise_of_its_area_by_itself(area: tuple[int, ...], seen: str) -> None:
    assert Scope(area, bureau=3, department=4, audience=Audience.DEPARTMENT).settings() == {
        "app.stations": seen,
        "app.bureau": "3",
        "app.department": "4",
        "app.audience": "{department}",
        "app.enterprise_from": "1",
        "app.enterprise_to": "0",
        "app.grant": "0",
        "app.link": "",
    }


@pytest.mark.parametrize("named", [(), (7, 8)])
def test_an_operator_sees_no_station_whatever_is_named(named: tuple[int, ...]) -> None:
    assert Scope(named, audience=Audience.OPERATOR).settings() == {
        "app.stations": "{0}",
        "app.bureau": "0",
        "app.department": "0",
        "app.audience": "{operator}",
        "app.enterprise_from": "1",
        "app.enterprise_to": "0",
        "app.grant": "0",
        "app.link": "",
    }


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"audience": Audience.POLICE}, "a scope for police names at least one station"),
        ({"audience": Audience.SYSTEM}, "a scope for system names at least one station"),
        (
            {"audience": Audience.ENTERPRISE, "enterprise": 5},
            "a scope for enterprise names at least one station",
        ),
        ({"audience": Audience.ENTERPRISE, "stations": (1,)}, "the enterprise is named"),
        ({"audience": Audience.POLICE, "stations": (1,), "enterprise": 5}, "the enterprise is named"),
        ({"audience": Audience.OPERATOR, "enterprise": 5}, "the enterprise is named"),
        ({"audience": Audience.DEPARTMENT, "department": 4, "enterprise": 5}, "the enterprise is named"),
        ({"audience": Audience.DEPARTMENT}, "a scope for a department names it"),
        ({"audience": Audience.DEPARTMENT, "stations": (1,)}, "a scope for a department names it"),
        ({"audience": Audience.POLICE, "stations": ("1",)}, "station ids are whole numbers"),
        ({"audience": Audience.POLICE, "stations": (1, True)}, "station ids are whole numbers"),
        ({"audience": Audience.POLICE, "stations": (1, -1)}, "station ids are whole numbers"),
        ({"audience": Audience.POLICE, "stations": (1.0,)}, "station ids are whole numbers"),
        ({"audience": "everybody", "stations": (1,)}, "everybody"),
    ],
)
def test_what_cannot_be_a_scope(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Scope(**fields)


def test_no_station_is_a_station_nobody_has() -> None:
    assert Scope(NO_STATION, audience=Audience.POLICE).settings()["app.stations"] == "{0}"


def test_a_scope_keeps_what_it_was_made_of() -> None:
    given = [1, 2]
    scope = Scope(given, audience="police")  # a list, a text: what a task is sent
    given.append(3)
    assert scope == Scope((1, 2), audience=Audience.POLICE)
    assert (scope.bureau, scope.department, scope.enterprise) == (0, 0, 0)
    assert type(scope.audience) is Audience
    assert hash(scope) == hash(Scope((1, 2), audience=Audience.POLICE))
    with pytest.raises(AttributeError):
        scope.bureau = 3
    with pytest.raises(TypeError):
        Scope((1, 2), 0, 0, 0, Audience.POLICE)


def test_unset_empties_every_setting() -> None:
    settings = Scope((1,), audience=Audience.POLICE).settings_of_transaction()
    assert dict.fromkeys(settings, "") == UNSET
    assert current_scope() is None
