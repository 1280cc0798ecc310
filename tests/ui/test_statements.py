"""How many statements a page takes: few, and as many with hundreds of rows as with five."""

import copy
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from deliveries.models import Attempt, Event, Receipt, Subscription
from desk.enterprise_file import EnterpriseFile
from desk.search import Search
from desk.today import Today, TodayPaper
from desk.views import Bureau as BureauPage
from enterprises.models import Enterprise
from foundation.accounts.access import ANYONE, Role
from foundation.accounts.checks import project_views
from foundation.accounts.models import ApiKey, AuditEntry, Bureau, Department, RoleGrant, Station, User
from foundation.contributions.file import tabs
from foundation.database.appending import append
from foundation.inbox.models import Notification
from foundation.periods import Period
from foundation.tenancy.scope import NO_STATION, Acting, Audience, Scope, acting, station_scope
from foundation.ui.views import ListPage, WithResults
from imports.models import Import, ImportIssue
from portal.views import MyEnterprise, MyTasks
from ratings.models import Evaluation, Rating, Standard
from tests import factories
from tests.isolation.test_front_door import FACTS, Side, address, person_of, routes, side
from tests.rest.keys import api

FEW, MANY = 5, 500
MOST_OF_A_LIST, MOST = 12, 18
# Where the aim is not reached.
MORE_OF = {
    ("chief", "/warning/"): 19,
    ("security_manager", "/portal/tasks/"): 21,  # forecasts of disputes; what is to be paid
    ("security_manager", "/inspections/hazards/"): 16,  # also counts, with a cold cache, what presses
    # with a cold cache the register looks for the view that opens first, besides its officers or stations
    ("chief", "/enterprises/"): 13,
    ("supervisor", "/enterprises/"): 13,
    ("chief", "/warning/ratings/"): 13,
    ("supervisor", "/warning/ratings/"): 13,
    # its cover, and reading it in a scope of its own; one more restores the scope of this test
    ("department_officer", "/deliveries/colours/"): 13,
    (
        "chief",
        "/disputes/board/",
    ): 15,  # with a cold cache: stages and next clocks, cards, who leads; words find enterprises
    ("supervisor", "/disputes/board/"): 15,
}
READERS = (
    Role.CHIEF,
    Role.SUPERVISOR,
    Role.SECURITY_MANAGER,
    Role.DEPARTMENT_OFFICER,
    Role.OPERATOR,
)
OTHER_PAGES = (Today, TodayPaper, BureauPage, MyEnterprise, MyTasks, Search)
PERIOD = Period(2026, 1)


# --- the rows -----------------------------------------------------------------------------------------------------


class Rows:
    """A station with rows of every kind, as many as wanted."""

    def __init__(self) -> None:
        self.mine = side("Mine")
        self.count = 1
        self.enterprise = self.mine.objects[Enterprise]
        bureau = self.mine.bureau
        self.run = factories.EvaluationFactory(
            bureau=bureau,
            standard=self.mine.objects[Standard],
            period_code=PERIOD.code,
            kind="regular",
            state="complete",
            completed_at=dt.datetime(2026, 4, 1, tzinfo=dt.UTC),
        )
        factories.AdoptionFactory(bureau=bureau, standard=self.mine.objects[Standard])
        factories.LiaisonFactory(enterprise=self.enterprise)
        self.grants: list[RoleGrant] = []
        self.scope = Scope((self.mine.station.pk,), bureau=bureau.pk, audience=Audience.SYSTEM)

    def reader(self, role: str) -> Client:
        client = person_of(self.mine, role)
        user_id = client.session["_auth_user_id"]
        with station_scope(self.scope):
            self.grants.append(RoleGrant.objects.get(user_id=user_id))
        return client

    def grow(self, count: int) -> None:
        """Add rows until there are ``count`` of every kind, and as many about one enterprise."""
        added, self.count = count - self.count, count
        station, bureau = self.mine.station, self.mine.bureau
        department, told = self.mine.objects[Department], self.mine.objects[Subscription]
        of_bureau = {"bureau": bureau, "department": department}
        build = factories_of(added)
        with station_scope(self.scope):
            others = build(Enterprise, station=station, name="Mine")
            insert(others)
            for model in FACTS:
                insert(
                    [like(self.mine.objects[model], each) for each in (*others, *[self.enterprise] * added)]
                )
            insert(build(Rating, enterprise=others, evaluation=self.run, previous_colour="green"))
            insert(build(Standard, bureau=bureau))
            insert(build(Evaluation, bureau=bureau, standard=self.mine.objects[Standard]))
            insert(build(Import, bureau=bureau))
            insert(build(ImportIssue, run=self.mine.objects[Import], bureau=bureau))
            insert(build(Subscription, **of_bureau))
            events = build(Event, **of_bureau, subscription=told)
            insert(events)
            rest = {"subscription": told, "sequence": [each.sequence for each in events]}
            insert(build(Receipt, **of_bureau, **rest, event=None))
            insert(build(Attempt, **of_bureau, **rest))
            insert(build(ApiKey, **of_bureau))
            people = build(User, full_name="Mine")
            insert(people)
            insert(build(RoleGrant, user=people, station=station, bureau=bureau))
            works = {
                "role": Role.ENTERPRISE_STAFF,
                "enterprise_id": self.enterprise.pk,
                "enterprise_name": "Mine",
            }
            insert(build(RoleGrant, user=people, station=station, bureau=bureau, **works))
            insert(build(Bureau))
            insert(build(Department, bureau=bureau))
            insert(build(Station, bureau=bureau))
        for grant in self.grants:
            with station_scope(Scope(NO_STATION, bureau=grant.bureau_id or 0, audience=Audience.SYSTEM)):
                insert(build(Notification, grant=grant, user=grant.user, bureau=grant.bureau))
        about = {"object_type": "enterprise", "object_id": self.enterprise.pk, "action": "enterprise.edit"}
        entry = AuditEntry(
            bureau_id=bureau.pk,
            station_id=station.pk,
            enterprise_id=self.enterprise.pk,
            actor_name="system",
            role="system",
            **about,
        )
        with acting(Acting(None, "system", "system")):
            append([copy.copy(entry) for _number in range(added)])


def factories_of(count: int) -> Any:
    """Return a function that builds ``count`` rows of a model; a list among the fields has the value for each."""

    def build(model: type[models.Model], **fields: Any) -> list[models.Model]:
        factory = factories.factory_of(model)
        return [
            factory.build(
                **{name: value[n] if isinstance(value, list) else value for name, value in fields.items()}
            )
            for n in range(count)
        ]

    return build


def like(row: models.Model, enterprise: models.Model) -> models.Model:
    new = copy.copy(row)
    new.pk, new.enterprise, new._state = None, enterprise, copy.copy(row._state)
    new._state.adding = True
    return new


def insert(rows: Sequence[models.Model]) -> None:
    type(rows[0])._base_manager.bulk_create(rows)


# --- the pages ----------------------------------------------------------------------------------------------------


def paths(mine: Side) -> Iterator[tuple[str, int]]:
    """Yield the address of each list, also searched, and of each other page with rows, with its limit."""
    with_object, plain = routes()
    for route, pattern in (*with_object, *plain):
        view = getattr(pattern.callback, "view_class", None)
        if view is None or not issubclass(view, (WithResults, *OTHER_PAGES)):
            continue
        path = address(route, pattern, mine, mine)
        if issubclass(view, ListPage):
            yield path, MOST_OF_A_LIST
            yield f"{path}?q=mi", MOST_OF_A_LIST
        elif issubclass(view, EnterpriseFile) and path.endswith("/overview/"):
            yield from ((path.replace("overview", tab.code), MOST) for tab in tabs)
        else:
            yield path, MOST
            if view is Search:
                yield f"{path}?q=mi", MOST_OF_A_LIST


def lists_of_the_api(subscription: int) -> Iterator[str]:
    for route, pattern in project_views():
        view = getattr(pattern.callback, "cls", None)
        if not route.startswith("api/v1/") or view is None or view.scope == ANYONE:
            continue
        if hasattr(view, "get") and not pattern.pattern.converters:
            needs = {"events": f"?subscription={subscription}", "colour_lookup": f"?credit_code={'1' * 18}"}
            yield f"/{route}{needs.get(pattern.name or '', '')}"


def statements(client: Client, path: str) -> list[str] | None:
    """Return the statements of a request with a cold cache, None if the page is not for the reader."""
    cache.clear()
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    if answer.status_code in (403, 404, 302):
        return None
    assert answer.status_code == 200, (path, answer.content)
    # a session and a key note now and then that they are in use, whatever the page
    apart = ("SAVEPOINT", "RELEASE", 'UPDATE "accounts_session"', 'UPDATE "accounts_apikey"')
    return [each["sql"] for each in queries if not each["sql"].startswith(apart)]


@pytest.mark.drill
@pytest.mark.usefixtures("vacuumed")
@pytest.mark.django_db
def test_the_number_of_statements_does_not_grow(settings: Any) -> None:
    settings.API_READS_PER_MINUTE = 10**6
    rows = Rows()
    readers: dict[str, Client] = {role: rows.reader(role) for role in READERS}
    readers["key"] = api(rows.mine.objects[Department])
    asked = [(name, path, most) for name in READERS for path, most in paths(rows.mine)]
    asked += [("key", path, MOST_OF_A_LIST) for path in lists_of_the_api(rows.mine.id_of(Subscription))]
    readers["key"].get("/api/v1/key/")  # the first request of a minute notes that the key was used
    rows.grow(FEW)
    few = {(name, path): statements(readers[name], path) for name, path, _most in asked}
    asked = [each for each in asked if few[each[:2]] is not None]
    rows.grow(MANY)
    wrong = []
    for name, path, most in asked:
        before, after = few[name, path], statements(readers[name], path)
        most = MORE_OF.get((name, path.partition("?")[0]), most)
        # with a cold cache the badge counts inspections to answer and what is to be paid
        most += 2 * (name == Role.SECURITY_MANAGER)
        fewer = "/today/" in path  # the most urgent of many may be of fewer kinds
        if len(before) < len(after) or (len(before) > len(after) and not fewer) or len(after) > most:
            wrong.append(f"{name} {path}: {len(before)} → {len(after)}, most {most}")
    assert not wrong
