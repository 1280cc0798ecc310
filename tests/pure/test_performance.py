"""Performance of agreements: any order of entry gives the same outcome, and no balance is ever negative."""

import datetime as dt
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disputes.agreements.performance import (
    Instalment,
    Overpaid,
    Payment,
    State,
    Whole,
    allocate,
    days_monthly,
    fen_of,
    performance_on,
    split_by_percent,
    split_evenly,
    yuan_of,
)

DAY = dt.date(2026, 9, 30)
Case = tuple[list[Instalment], list[Payment]]


def day(number: int) -> dt.date:
    return DAY + dt.timedelta(days=number)


days = st.integers(-5, 60).map(day)


@st.composite
def agreements(draw: st.DrawFn) -> list[Instalment]:
    due = sorted(draw(st.lists(st.integers(0, 50), min_size=1, max_size=6, unique=True)))
    return [Instalment(n, day(each), draw(st.integers(1, 500))) for n, each in enumerate(due, start=1)]


@st.composite
def paid_agreements(draw: st.DrawFn) -> Case:
    """An agreement, and payments of no more than is owed."""
    owed = draw(agreements())
    left, found = sum(each.fen for each in owed), []
    for _number in range(draw(st.integers(0, 8))):
        if left:
            fen = draw(st.integers(1, left))
            found.append(Payment(draw(days), fen, draw(st.integers(0, len(owed)))))
            left -= fen
    return owed, found


@given(paid_agreements(), st.randoms(use_true_random=False), days)
def test_the_order_of_entry_makes_no_difference(case: Case, random: Random, on: dt.date) -> None:
    owed, paid = case
    shuffled = list(paid)
    random.shuffle(shuffled)
    assert performance_on(on, owed, shuffled) == performance_on(on, owed, paid)


@given(paid_agreements(), days, days)
def test_what_happens_later_changes_no_earlier_day(case: Case, on: dt.date, later: dt.date) -> None:
    owed, paid = case
    on, later = min(on, later), max(on, later)
    known = [each for each in paid if each.paid_on <= on]
    assert performance_on(on, owed, paid) == performance_on(on, owed, known)
    one, other = performance_on(on, owed, paid), performance_on(later, owed, paid)
    for before, after in zip(one.standings, other.standings, strict=True):
        assert before.paid <= after.paid
        if before.paid_on:
            assert (before.state, before.paid_on) == (after.state, after.paid_on)


@given(paid_agreements(), days)
def test_the_sums_add_up_and_none_is_negative(case: Case, on: dt.date) -> None:
    owed, paid = case
    found = performance_on(on, owed, paid)
    assert found.paid == sum(each.fen for each in paid if each.paid_on <= on)
    assert found.paid + found.overdue + found.to_come == found.total == sum(each.fen for each in owed)
    assert min(found.paid, found.overdue, found.to_come) >= 0
    for each in found.standings:
        assert 0 <= each.paid <= each.instalment.fen
        assert (each.paid_on is not None) == (each.open == 0)
    assert (found.state == Whole.PERFORMED) == (found.open == 0)


@given(paid_agreements(), days, st.data())
def test_taking_one_back_is_as_if_it_had_never_been(case: Case, on: dt.date, data: st.DataObject) -> None:
    owed, paid = case
    extra = Payment(data.draw(days), 1, 0)
    with_it = [*paid, extra]
    if sum(each.fen for each in with_it) <= sum(each.fen for each in owed):
        performance_on(on, owed, with_it)
        with_it.remove(extra)
        assert performance_on(on, owed, with_it) == performance_on(on, owed, paid)


@given(paid_agreements())
def test_what_each_has_in_the_end_can_be_reckoned_without_the_days(case: Case) -> None:
    """What is named fills its own instalments, all else the earliest: Today asks the database so (``open_work``)."""
    owed, paid = case
    named = {each.number: 0 for each in owed}
    pool = 0
    for each in paid:
        if each.number:
            named[each.number] += each.fen
        else:
            pool += each.fen
    for each in owed:
        pool += max(named[each.number] - each.fen, 0)
    expected = {}
    for each in owed:
        own = min(named[each.number], each.fen)
        more = min(pool, each.fen - own)
        pool -= more
        expected[each.number] = own + more
    found = {number: sum(fen for _on, fen in parts) for number, parts in allocate(owed, paid).items()}
    assert found == expected


def test_as_it_is_drawn() -> None:
    """Six instalments of 144,000: two paid on time, one in part, one in breach (look/office/dispute)."""
    months = ((9, 30), (10, 15), (10, 31), (11, 15), (11, 30), (12, 15))
    owed = [Instalment(n, dt.date(2026, *each), 14_400_000) for n, each in enumerate(months, start=1)]
    paid = [
        Payment(dt.date(2026, 10, 31), 9_000_000),
        Payment(dt.date(2026, 9, 29), 14_400_000),
        Payment(dt.date(2026, 10, 15), 14_400_000),
    ]
    found = performance_on(dt.date(2026, 11, 23), owed, paid)
    assert (found.paid, found.overdue, found.to_come) == (37_800_000, 19_800_000, 28_800_000)
    assert [each.state for each in found.standings] == [
        State.ON_TIME,
        State.ON_TIME,
        State.PART,
        State.BREACH,
        State.DUE,
        State.AHEAD,
    ]
    assert [each.days for each in found.standings[2:5]] == [-23, -8, 7]
    assert found.state == Whole.BREACHED


def test_a_payment_entered_late_pays_what_was_due_on_its_day() -> None:
    """frappe/lending#878: entered after the second one, the first payment still pays the first instalment on time."""
    owed = [Instalment(1, day(0), 100), Instalment(2, day(30), 100)]
    entered = [Payment(day(29), 100), Payment(day(-1), 100)]
    found = performance_on(day(40), owed, entered)
    assert [(each.state, each.paid_on) for each in found.standings] == [
        (State.ON_TIME, day(-1)),
        (State.ON_TIME, day(29)),
    ]


def test_what_is_left_of_a_payment_goes_on_and_what_nobody_owes_is_refused() -> None:
    """invoiceninja/invoiceninja#313: never a negative balance."""
    owed = [Instalment(n, day(30 * n), 100) for n in (1, 2, 3)]
    found = performance_on(day(1), owed, [Payment(day(0), 150, 3)])
    assert [each.paid for each in found.standings] == [50, 0, 100]
    with pytest.raises(Overpaid) as caught:
        performance_on(day(1), owed, [Payment(day(0), 150), Payment(day(1), 151)])
    assert caught.value.fen == 1


def test_a_total_is_divided_without_a_rest() -> None:
    """frappe/erpnext#26951: the parts are the total."""
    assert split_evenly(10_000, 3) == [3_333, 3_333, 3_334]
    assert split_by_percent(10_000, [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]) == [
        3333,
        3333,
        3334,
    ]
    for wrong in ([Decimal(50), Decimal(49)], [Decimal(150), Decimal(-50)], []):
        with pytest.raises(ValueError, match="percents"):
            split_by_percent(10_000, wrong)
    with pytest.raises(ValueError, match="parts"):
        split_evenly(2, 3)


@given(st.integers(1, 10**12), st.integers(1, 36), st.data())
def test_parts_add_up(fen: int, number: int, data: st.DataObject) -> None:
    if fen >= number:
        parts = split_evenly(fen, number)
        assert sum(parts) == fen
        assert max(parts) - min(parts) <= 1
    weights = data.draw(st.lists(st.integers(1, 9_999), min_size=1, max_size=8))
    if sum(weights) < 10_000:
        percents = [*(Decimal(each) / 100 for each in weights), Decimal(10_000 - sum(weights)) / 100]
        if fen > 10_000 * len(percents):
            assert sum(split_by_percent(fen, percents)) == fen


def test_no_month_loses_its_31st() -> None:
    assert days_monthly(dt.date(2027, 1, 31), 4) == [
        dt.date(2027, 1, 31),
        dt.date(2027, 2, 28),
        dt.date(2027, 3, 31),
        dt.date(2027, 4, 30),
    ]


def test_amounts_have_two_places() -> None:
    assert (fen_of(Decimal("33.34")), str(yuan_of(3334)), str(yuan_of(100))) == (3334, "33.34", "1.00")
    with pytest.raises(ValueError, match="two places"):
        fen_of(Decimal("0.001"))
