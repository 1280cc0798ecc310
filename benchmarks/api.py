"""Lists of the API as a department's system requests them: first page, deep cursors, filters.

It uses two keys: one whose area is a single station, one whose area is the bureau. Requests run in this process through
the whole middleware: the key is hashed and looked up, the scope opened, the response serialized as JSON.
"""

import datetime as dt
import gc
import json
import logging
import random
from collections.abc import Iterator
from statistics import median, quantiles

from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from benchmarks.figures import Figures, printed
from benchmarks.pages import Answer, ask
from deliveries.models import Event, Subscription
from deliveries.operations import create_subscription
from deliveries.operations.publishing import announce
from deliveries.operations.snapshot import write_asked
from enterprises.models import Enterprise
from foundation.accounts import access
from foundation.accounts.choices import Role
from foundation.accounts.models import Bureau, Department, RoleGrant
from foundation.accounts.operations.keys import issue_key
from foundation.accounts.selectors import actor_for
from foundation.rest.paging import AFTER, cursor_of
from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope
from ratings.choices import EvaluationKind, EvaluationState
from ratings.models import Evaluation
from ratings.operations.evaluations import bureau_actor

DEEP = (0.5, 0.9)  # positions of deep cursors, as shares of the list
WALKED = 20  # pages to walk along "next"


def measure(bureau: Bureau, requests: int) -> Figures:
    """Measure every list with both keys; print figures as they are known."""
    logging.disable(logging.WARNING)
    settings.API_READS_PER_MINUTE = 10**9
    ids = _ids(bureau)
    stations = sorted(ids)
    one = stations[len(stations) // 2]
    everything = sorted(pk for each in ids.values() for pk in each)
    figures: Figures = {}
    gc.collect()
    gc.freeze()
    for area, chosen, known in (("station", [one], ids[one]), ("bureau", [], everything)):
        client, subscription = _department(bureau, area, chosen)
        for name, addresses in _lists(subscription, known, requests):
            cache.clear()
            cold = ask(client, addresses[0])
            answers = [ask(client, address) for address in (addresses * requests)[:requests]]
            figures |= printed(_figures(f"api_{area}_{name}", cold, answers))
        for name in ("enterprises", "ratings"):
            figures |= printed(_figures(f"api_{area}_{name}_walk", None, list(_walk(client, name))))
    gc.unfreeze()
    logging.disable(logging.NOTSET)
    return figures


def _figures(name: str, cold: Answer | None, answers: list[Answer]) -> Figures:
    times = [answer.milliseconds for answer in answers]
    first = {} if cold is None else {f"{name}_cold_ms": round(cold.milliseconds, 1)}
    return {
        f"{name}_statements": max(answer.statements for answer in answers),
        f"{name}_p50_ms": round(median(times), 1),
        f"{name}_p95_ms": round(quantiles(times, n=20)[-1], 1),
        **first,
    }


def _lists(subscription: tuple[int, int], ids: list[int], requests: int) -> Iterator[tuple[str, list[str]]]:
    draw = random.Random(421)

    def deep(share: float) -> str:
        place = int(len(ids) * share)
        return cursor_of(AFTER, ids[min(len(ids) - 60, place + draw.randrange(max(1, len(ids) // 50)))])

    for name in ("enterprises", "ratings"):
        address = f"/api/v1/{name}/"
        yield name, [address]
        yield f"{name}_500_rows", [f"{address}?page_size=500"]
        for share in DEEP:
            many = [f"{address}?cursor={deep(share)}" for _number in range(requests)]
            yield f"{name}_deep_{int(share * 100)}", many
        yield f"{name}_red", [f"{address}?colour=red"]
        yield f"{name}_yellow", [f"{address}?colour=yellow"]  # one enterprise in three hundred
        yield f"{name}_search", [f"{address}?q={word}" for word in ("华达", "hy", "盛源")]
    yield "ratings_changed", ["/api/v1/ratings/?changed=any"]
    pk, last = subscription
    events = f"/api/v1/events/?subscription={pk}"
    yield "events", [f"{events}&limit=1"]
    yield "events_deep", [f"{events}&limit=1&after={last * 9 // 10}"]
    yield "rating", [f"/api/v1/ratings/{each}/" for each in draw.sample(ids, min(requests, len(ids)))]


def _walk(client: Client, name: str) -> Iterator[Answer]:
    address = f"/api/v1/{name}/"
    for _page in range(WALKED):
        answer = ask(client, address)
        yield answer
        address = json.loads(answer.content)["next"]
        if not address:
            return


def _ids(bureau: Bureau) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    with station_scope(bureau_actor(bureau.pk).scope()):
        rows = Enterprise.objects.filter(bureau=bureau).order_by("id").values_list("station_id", "id")
        for station_id, pk in rows.iterator(chunk_size=50_000):
            found.setdefault(station_id, []).append(pk)
    return found


def _department(bureau: Bureau, area: str, stations: list[int]) -> tuple[Client, tuple[int, int]]:
    """Return a client with a new key, and the id and last message number of its department's subscription.

    The department receives the messages of the last quarter if it has none yet.
    """
    department, _new = Department.objects.get_or_create(bureau=bureau, code=f"api-{area}", name=f"API {area}")
    grant = RoleGrant.objects.select_related("user").get(bureau=bureau, role=Role.SUPERVISOR)
    actor = actor_for(user=grant.user, grant_id=grant.pk)
    assert actor
    with station_scope(actor.scope()):
        _key, text = issue_key(
            actor=actor,
            department_id=department.pk,
            title=f"Benchmark {timezone.now():%d %H:%M:%S}",
            scopes=list(access.scopes()),
            whole_bureau=not stations,
            stations=stations,
            expires_on=timezone.localdate() + dt.timedelta(days=1),
        )
    with station_scope(Scope(NO_STATION, bureau=bureau.pk, audience=Audience.SYSTEM)):
        subscription = Subscription.objects.filter(department=department, title="Benchmark").first()
    if subscription is None:
        with station_scope(actor.scope()):
            subscription = create_subscription(
                actor=actor,
                department_id=department.pk,
                title="Benchmark",
                whole_bureau=not stations,
                stations=stations,
                topics=["ratings"],
            )
        write_asked(bureau_id=bureau.pk)
        system = bureau_actor(bureau.pk)
        with station_scope(system.scope()):
            done = Evaluation.objects.filter(
                bureau=bureau, kind=EvaluationKind.REGULAR, state=EvaluationState.COMPLETE
            )
            announce(sender=Evaluation, evaluation=done.latest("period_code"))
    with station_scope(Scope(NO_STATION, bureau=bureau.pk, audience=Audience.SYSTEM)):
        last = Event.objects.filter(subscription=subscription).latest("sequence").sequence
    client = Client(headers={"host": "localhost", "authorization": f"Bearer {text}"})
    return client, (subscription.pk, last)
