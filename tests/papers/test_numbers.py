"""Numbers without gap or double, through whole operations on real connections."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections, transaction

from inspections import orders
from inspections.models import Hazard
from inspections.orders_of_many import issue_orders, lock_for_orders
from papers.models import Paper, Series
from papers.operations import issuing
from papers.operations.issuing import _next_number
from tests.factories import EnterpriseFactory, HazardFactory, LetterheadFactory, StationFactory
from tests.facts.people import Person, ahead, officer, rows, today
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db(transaction=True)


def said() -> dict[str, Any]:
    return {"officers": [orders.Officer("周志远")], "inspected_on": today()}


def at_once(count: int, do: Callable[[int], Any], *, workers: int = 20) -> list[Any]:
    """Return what each of the calls returned or raised; they begin together, each on a connection of its own."""
    together = Barrier(min(count, workers))

    def one(number: int) -> Any:
        try:
            together.wait(60)
            return do(number)
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(one, range(count)))


@pytest.fixture
def police(city: City, monkeypatch: pytest.MonkeyPatch) -> Person:
    LetterheadFactory(bureau=city.bureau, station=city.first)
    monkeypatch.setattr(issuing, "_wake", lambda *_arguments: None)  # no worker is there
    return officer(city.first, "周志远")


def hazards_of(city: City, count: int, each: int = 1) -> list[list[Hazard]]:
    """Return the hazards of so many enterprises."""
    return [
        [
            HazardFactory(enterprise=firm, found_on=today(), due_on=ahead(9), found_by="周志远")
            for _number in range(each)
        ]
        for firm in EnterpriseFactory.create_batch(count, station=city.first)
    ]


def issue(police: Person, hazard: Hazard, **more: Any) -> Paper:
    return police.act(
        orders.issue_order,
        enterprise_id=hazard.enterprise_id,
        hazard_ids=[hazard.pk],
        measures={},
        **said() | more,
    )


def test_twenty_at_once_with_every_third_rolled_back() -> None:
    station = StationFactory()

    def take(number: int) -> int:
        with scope_of(station), transaction.atomic():
            taken = _next_number(station.bureau_id, station.pk, "rectification-order", 2027)
            if number % 3 == 0:
                transaction.set_rollback(True)
                return 0
            return taken

    taken = sorted(filter(None, at_once(20, take)))
    assert taken == list(range(1, 14))
    with scope_of(station):
        assert Series.objects.get().last == 13


def test_twenty_orders_at_once_of_which_one_fails(
    city: City, police: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One fails after it has its number; the others are frozen under 1 to 19, and the next one is 20."""
    found = [each for (each,) in hazards_of(city, 20)]
    fails = found[10].enterprise_id
    record = issuing.auditing.record

    def breaks(**entry: Any) -> Any:
        if entry["target"].enterprise_id == fails:
            raise RuntimeError("after the number")
        return record(**entry)

    with monkeypatch.context() as patched:
        patched.setattr("papers.operations.issuing.auditing.record", breaks)
        done = at_once(20, lambda number: issue(police, found[number]))
    assert [number for number, each in enumerate(done) if not isinstance(each, Paper)] == [10]
    issued = rows(Paper, city.first)
    assert sorted(each.number for each in issued) == list(range(1, 20))
    assert {each.enterprise_id for each in issued} == {each.enterprise_id for each in found} - {fails}
    assert len({each.data_sm3 for each in issued}) == 19
    assert all(each.number_text == each.data["number"] for each in issued)
    assert issue(police, found[10]).number == 20


def test_one_form_that_is_sent_five_times_at_once_is_one_paper(city: City, police: Person) -> None:
    ((hazard,),) = hazards_of(city, 1)
    done = at_once(5, lambda _number: issue(police, hazard, form_key="8d3f9f0a-1111-4222-8333-444455556680"))
    (paper,) = rows(Paper, city.first)
    assert done == [paper] * 5
    with scope_of(city.first):
        assert Series.objects.get().last == 1


def test_orders_of_many_and_single_ones_do_not_wait_for_each_other(city: City, police: Person) -> None:
    """Half go through the enterprises in the opposite order; the one that comes second finds its hazards taken."""
    found = hazards_of(city, 6, each=2)

    def order(number: int) -> Any:
        if number >= 6:
            return issue(police, found[number - 6][1])
        ids = [each[0].pk for each in (found if number % 2 else reversed(found))]

        def whole(actor: Any, hazard_ids: list[int]) -> list[Paper]:
            lock_for_orders(actor, hazard_ids)
            return issue_orders(actor=actor, hazard_ids=hazard_ids)

        return police.act(whole, hazard_ids=ids)

    done = at_once(12, order)
    assert sum(isinstance(each, list) for each in done[:6]) == 1
    assert all("There is an order already" in str(each) for each in done[:6] if not isinstance(each, list))
    assert all(isinstance(each, Paper) for each in done[6:])
    assert sorted(each.number for each in rows(Paper, city.first)) == list(range(1, 13))
