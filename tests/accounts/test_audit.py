"""The audit log is append-only, each role reads its own part, and the page shows what changed."""

from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import Model
from django.urls import reverse

from foundation.accounts import auditing
from foundation.accounts.actors import Actor
from foundation.accounts.choices import AuditAction
from foundation.accounts.models import AuditEntry
from foundation.database.appending import append
from foundation.tenancy.scope import station_scope
from tests.accounts.conftest import House
from tests.factories import EnterpriseFactory

LOG = "accounts:audit"


def write(actor: Actor, target: Model | None = None, action: str = "tests_act", **more: Any) -> None:
    with station_scope(actor.scope()):
        auditing.record(actor=actor, action=action, target=target, **more)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_auditentry SET reason = 'x'",
        "DELETE FROM accounts_auditentry",
        "TRUNCATE accounts_auditentry",
    ],
)
def test_the_runtime_role_only_appends(house: House, statement: str) -> None:
    write(house.actor("chief"), house.city.first)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_each_role_reads_its_own_part(house: House) -> None:
    city = house.city
    foreign = EnterpriseFactory(station=city.second, name="Second Works")
    write(house.actor("officer"), house.enterprise, reason="ours")
    write(house.actor("officer_second"), foreign, reason="theirs")
    write(house.actor("chief_second"), city.second, reason="their station")
    write(house.actor("supervisor"), city.bureau, reason="whole bureau")
    write(house.actor("supervisor_elsewhere"), city.other_bureau, reason="other bureau")
    write(house.actor("operator"), None, place=(0, 0), reason="platform")
    write(house.actor("operator"), city.first, reason="operator in a station")
    expected = {
        "chief": {"ours", "operator in a station"},
        "supervisor": {"ours", "theirs", "their station", "whole bureau", "operator in a station"},
        "operator": {"platform", "operator in a station"},
        "supervisor_elsewhere": {"other bureau"},
    }
    reasons = {
        "ours",
        "theirs",
        "their station",
        "whole bureau",
        "other bureau",
        "platform",
        "operator in a station",
    }
    for who, seen in expected.items():
        page = house.client(who).get(reverse(LOG)).content.decode()
        assert {reason for reason in reasons if f"></i>{reason}<" in page} == seen, who
    for who in ("officer", "security_manager", "enterprise_staff", "department_officer"):
        assert house.client(who).get(reverse(LOG)).status_code == 403, who


def test_filters(house: House) -> None:
    chief = house.actor("chief")
    write(
        chief,
        house.city.first,
        AuditAction.RENAME_STATION,
        before={"name": "Old Name"},
        after={"name": "New Name"},
        reason="moved house",
    )
    write(
        house.actor("officer"),
        house.enterprise,
        "edit_enterprise",
        before={"headcount": 3},
        after={"headcount": 4},
    )
    client = house.client("chief")

    def acts(**query: Any) -> list[str]:
        return [
            row["entry"].action
            for row in client.get(reverse(LOG), query).context["rows"]
            if row["entry"].action != AuditAction.LOG_IN
        ]

    assert acts() == ["edit_enterprise", AuditAction.RENAME_STATION]
    assert acts(action=AuditAction.RENAME_STATION) == [AuditAction.RENAME_STATION]
    assert acts(actor="full officer") == ["edit_enterprise"]
    assert acts(object="foundry") == ["edit_enterprise"]
    assert acts(kind="station") == [AuditAction.RENAME_STATION]
    assert acts(q="moved") == [AuditAction.RENAME_STATION]
    assert acts(since="2020-01-01", until="2020-12-31") == []
    assert acts(since="2020-01-01", until="9999-12-31") == ["edit_enterprise", AuditAction.RENAME_STATION]
    for nonsense in (
        {"since": "soon"},
        {"action": "no_such"},
        {"q": "a\x00"},
    ):
        assert client.get(reverse(LOG), nonsense).status_code == 200
    for nowhere in ({"before": "x"}, {"after": "9" * 40}):
        assert client.get(reverse(LOG), nowhere).status_code == 404
    page = client.get(reverse(LOG), {"action": AuditAction.RENAME_STATION}).content.decode()
    assert "<del>Old Name</del>" in page
    assert "New Name" in page
    assert "Renamed a police station" in page


def test_filters_find_former_codes_too(house: House) -> None:
    chief, client = house.actor("chief"), house.client("chief")
    for action in ("rename_station", AuditAction.RENAME_STATION):
        write(chief, house.city.first, action)
    for asked in ("rename_station", AuditAction.RENAME_STATION):
        page = client.get(reverse(LOG), {"action": asked})
        found = [(row["entry"].action, row["act"]) for row in page.context["rows"]]
        assert found == [
            ("station.rename", "Renamed a police station"),
            ("rename_station", "Renamed a police station"),
        ]
    offered = client.get(reverse(LOG)).context["filter"].filters["action"].extra["choices"]
    assert [code for code, words in offered if words == "Renamed a police station"] == ["station.rename"]


def test_pages_by_key_at_constant_cost(house: House, django_assert_max_num_queries: Any) -> None:
    chief = house.actor("chief")
    with station_scope(chief.scope()):
        append(
            [
                auditing.entry(
                    actor=chief, action="tests_act", target=house.city.first, reason=f"n{number:03}"
                )
                for number in range(120)
            ]
        )
        assert AuditEntry.objects.count() >= 120
    client = house.client("chief")
    client.get(reverse(LOG))
    seen, url = [], f"{reverse(LOG)}?action=tests_act"
    while url:
        with django_assert_max_num_queries(12):
            page = client.get(url)
        rows = [row["entry"].reason for row in page.context["rows"]]
        assert len(rows) <= 50
        seen += rows
        url = page.context["next_url"] and reverse(LOG) + page.context["next_url"]
    assert seen == [f"n{number:03}" for number in reversed(range(120))]
    back = client.get(reverse(LOG) + page.context["previous_url"])
    assert [row["entry"].reason for row in back.context["rows"]] == seen[50:100]
    first = client.get(reverse(LOG) + back.context["previous_url"])
    assert [row["entry"].reason for row in first.context["rows"]] == seen[:50]
    assert first.context["previous_url"] == ""


def test_a_granted_role_reads_as_person_role_and_place(house: House) -> None:
    """No ids and no codes: the entry names the person, the role and the organisation."""
    officer = house.people["officer"]
    data = {"role": "chief", "station": house.city.second.pk}
    house.client("supervisor").post(reverse("accounts:user_role_grant", args=[officer.pk]), data)
    rows = house.client("chief_second").get(reverse(LOG), {"action": AuditAction.GRANT_ROLE}).context["rows"]
    (row,) = rows
    told = {change.label: change.after for change in row["changes"]}
    assert (row["act"], row["kind"], row["entry"].object_label) == ("Gave a role", "User", "Full officer")
    assert told == {"Role": "Station chief", "Organisation": house.city.second.name}


def test_the_log_distinguishes_namesakes_by_user_name(house: House) -> None:
    write(house.actor("officer"), house.enterprise)
    page = house.client("chief").get(reverse(LOG)).content.decode()
    assert "Full officer" in page
    assert "· officer</span>" in page
