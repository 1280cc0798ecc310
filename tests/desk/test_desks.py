"""Home by role: the bureau's stations compared, the enterprise's page, the department's inbox."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from foundation.accounts.choices import Role
from tests.factories import (
    DepartmentFactory,
    EnterpriseFactory,
    HazardFactory,
    InactivityFactory,
    InspectionFactory,
    LiaisonFactory,
    RoleGrantFactory,
    StationFactory,
    UserFactory,
)
from tests.facts.people import Person, ago
from tests.fixtures import City


def test_home_depends_on_the_role(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    for person, address in [
        (Person(Role.OFFICER, station=city.first), "/today/"),
        (Person(Role.CHIEF, station=city.first), "/today/"),
        (Person(Role.SUPERVISOR, bureau=city.bureau), "/bureau/"),
        (Person(Role.SECURITY_MANAGER, enterprise=enterprise), "/portal/"),
        (Person(Role.ENTERPRISE_STAFF, enterprise=enterprise), "/portal/"),
    ]:
        answer = person.client.get("/")
        assert (answer.status_code, answer.headers["Location"]) == (302, address)
        assert person.client.get(address).status_code == 200


def test_anonymous_visitors_are_asked_to_log_in(client: Client, city: City) -> None:
    for address in ("/", "/bureau/", "/portal/", "/deliveries/inbox/", "/file/1/", "/enterprises/"):
        assert "login" in client.get(address).headers["Location"]


def test_the_department_has_an_empty_inbox(client: Client, city: City) -> None:
    user, department = UserFactory(), DepartmentFactory(bureau=city.bureau, name="Fire and rescue")
    RoleGrantFactory(
        user=user, role=Role.DEPARTMENT_OFFICER, bureau=city.bureau, station=None, department=department
    )
    client.force_login(user)
    assert client.get("/").headers["Location"] == "/deliveries/inbox/"
    page = client.get("/deliveries/inbox/").content.decode()
    assert "Fire and rescue" in page
    assert "not subscribed to anything yet" in page
    assert client.get("/enterprises/").status_code == 403


def test_stations_are_compared(city: City) -> None:
    red = EnterpriseFactory(station=city.first, colour="red")
    green = EnterpriseFactory(station=city.first, colour="green")
    closed = EnterpriseFactory(station=city.first, colour="green")
    InactivityFactory(enterprise=closed, kind="closed", from_on=ago(10))
    EnterpriseFactory(station=city.elsewhere, colour="red")
    LiaisonFactory(enterprise=green), LiaisonFactory(enterprise=closed)
    HazardFactory(enterprise=red, found_on=ago(50), due_on=ago(20))  # overdue
    HazardFactory(enterprise=red, found_on=ago(50), due_on=ago(20), closed_on=ago(30))  # on time
    HazardFactory(enterprise=red, found_on=ago(50), due_on=ago(20), closed_on=ago(10))  # late
    HazardFactory(
        enterprise=red, found_on=ago(50), due_on=ago(20), rectified_on=ago(25), closed_on=ago(10)
    )  # on time
    # submitted: not in the rate
    HazardFactory(enterprise=red, found_on=ago(50), due_on=ago(20), rectified_on=ago(1))
    HazardFactory(enterprise=red, found_on=ago(900), due_on=ago(800))  # overdue, but too old for the rate
    InspectionFactory(enterprise=green, inspected_on=ago(5))
    InspectionFactory(enterprise=green, inspected_on=ago(9))
    InspectionFactory(enterprise=red, inspected_on=ago(365))  # a year ago is not within twelve months
    RoleGrantFactory(role=Role.OFFICER, station=city.first)
    page = Person(Role.SUPERVISOR, bureau=city.bureau).get("desk:bureau")
    by_id = {row["figures"].key[0]: row["figures"] for row in page.context["rows"]}
    first, second = by_id[city.first.pk], by_id[city.second.pk]
    assert (first.enterprises, first.colours, first.without_liaison) == (2, {"red": 1, "green": 1}, 1)
    assert (first.open_hazards, first.overdue, round(first.on_time_rate, 1)) == (3, 2, 50.0)
    assert (first.inspected, first.coverage, first.officers) == (1, 50.0, 3)  # with the liaison officers
    assert (second.enterprises, second.on_time_rate, second.coverage, second.officers) == (0, None, None, 0)


def test_only_the_supervisor_compares_stations(city: City) -> None:
    assert Person(Role.CHIEF, station=city.first).get("desk:bureau").status_code == 403


def test_more_stations_take_no_more_queries(city: City) -> None:
    supervisor = Person(Role.SUPERVISOR, bureau=city.bureau)

    def count() -> int:
        supervisor.get("desk:bureau")
        with CaptureQueriesContext(connection) as queries:
            assert supervisor.get("desk:bureau").status_code == 200
        return len([each for each in queries if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    few = count()
    for _number in range(20):
        HazardFactory(enterprise=EnterpriseFactory(station=StationFactory(bureau=city.bureau)))
    assert count() == few <= 18
