"""Forms of subscriptions and of their push tell every fault in one answer: their own and those of the operation."""

from typing import Any

from foundation.accounts.choices import Role
from tests.deliveries.desks import PUSHED, Desk, desk
from tests.facts.test_all_faults import faults

__all__ = ["desk"]


def test_a_subscription(desk: Desk) -> None:
    contradiction = {"colours": ["green"], "transitions": ["green>red"]}
    given: dict[str, Any] = {"title": "Two\u2028lines", "codes": "X9", "whole_bureau": ""} | contradiction
    told = faults(desk.post(Role.SUPERVISOR, "subscription_create", department="", **given))
    assert told == {
        "id_department",
        "id_title",
        "id_codes",
        "id_whole_bureau_0",
        "id_transitions_0",
    }
    # the title is taken: the operation alone knows
    given = {"title": desk.row.title, "whole_bureau": "false"} | contradiction
    told = faults(desk.post(Role.SUPERVISOR, "subscription_create", department=desk.department.pk, **given))
    assert told == {"id_title", "id_stations_0", "id_transitions_0"}
    told = faults(
        desk.post(Role.SUPERVISOR, "subscription_edit", desk.row.pk, **given | {"title": ""}, version=1)
    )
    assert told == {"id_title", "id_stations_0", "id_transitions_0"}
    told = faults(
        desk.post(Role.DEPARTMENT_OFFICER, "tune", desk.row.pk, title="", version=1, **contradiction)
    )
    assert told == {"id_title", "id_transitions_0"}
    assert len(desk.all()) == 1
    assert desk.now().version == 1


def test_an_address(desk: Desk) -> None:
    typed = {"url": "ftp://user@hooks.example", "allowed_hosts": ""}
    told = faults(desk.post(Role.OPERATOR, "delivery_address", desk.row.pk, version=1, **typed))
    assert told == {"id_url", "id_allowed_hosts"}
    typed = {"url": "https://hooks.example:0", "allowed_hosts": "not/a/host"}
    told = faults(desk.post(Role.OPERATOR, "delivery_address", desk.row.pk, version=1, **typed))
    assert told == {"id_url", "id_allowed_hosts"}
    typed = {"url": "https://[::1", "allowed_hosts": ""}
    told = faults(desk.post(Role.OPERATOR, "delivery_address", desk.row.pk, version=1, **typed))
    assert told == {"id_url", "id_allowed_hosts"}


def test_sending_again(desk: Desk) -> None:
    desk.change(**PUSHED, last_sequence=5, last_delivered=2)
    told = faults(desk.post(Role.OPERATOR, "delivery_replay", desk.row.pk, from_sequence=9, reason=""))
    assert told == {"id_from_sequence", "id_reason"}
    told = faults(
        desk.post(Role.DEPARTMENT_OFFICER, "replay", desk.row.pk, from_sequence=9, reason="x" * 201)
    )
    assert told == {"id_from_sequence", "id_reason"}
