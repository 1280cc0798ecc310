"""The title of a dispute names no party of it, whether it is new, brought in again, or changed by a list."""

from collections.abc import Iterable

import pytest

from disputes.models import Dispute
from foundation.tenancy.scope import station_scope
from imports.choices import RowState
from imports.operations import writing
from tests.accounts.conftest import House, house, quick_passwords  # noqa: F401
from tests.disputes.test_parties import typed
from tests.factories import DisputeFactory, PartyFactory
from tests.facts.people import ago
from tests.imports.sheets import Person

pytestmark = pytest.mark.django_db


def test_the_same_list_again_changes_nothing_and_tells_no_name(house: House) -> None:  # noqa: F811
    opened = ago(9)
    dispute = DisputeFactory(
        enterprise=house.enterprise,
        opened_on=opened,
        kind="wages",
        summary="拖欠陈**工资",
        external_key="J-1",
    )
    PartyFactory(enterprise=house.enterprise, dispute=dispute, of=typed(name="陈建国"))
    chief = Person(house, "chief")
    list_of = "编号,单位名称,纠纷类型,受理时间,纠纷内容\nJ-1,{firm},wages,{day},{title}\n"
    same = list_of.format(firm=house.enterprise.name, day=opened, title="拖欠陈建国工资")
    sheet = chief.confirm(chief.upload(same, kind="dispute"))
    assert {row.state for row in chief.rows(sheet).values()} == {RowState.SAME}

    other = list_of.format(firm=house.enterprise.name, day=opened, title="拖欠陈建国工资和奖金")
    sheet = chief.confirm(chief.upload(other, kind="dispute"))
    (row,) = chief.rows(sheet).values()
    assert "陈建国" not in str(row.remarks)
    with station_scope(chief.actor.scope()):
        assert Dispute.objects.get().summary == "拖欠陈**工资"


def test_who_became_a_party_while_the_list_was_compared_is_masked(
    house: House,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = ago(9)
    dispute = DisputeFactory(
        enterprise=house.enterprise, opened_on=opened, kind="wages", summary="欠薪", external_key="J-1"
    )
    chief = Person(house, "chief")
    head = "编号,单位名称,纠纷类型,受理时间,纠纷内容\n"
    row = f"J-1,{house.enterprise.name},wages,{opened},拖欠赵大山工资\n"
    sheet = chief.press(
        "choose", chief.confirm(chief.upload(head + row, kind="dispute")), row=2, choice="update"
    )
    lock = writing.lock_in_order

    def after_a_colleague(ids: Iterable[int]) -> None:
        PartyFactory(enterprise=house.enterprise, dispute=dispute, of=typed(name="赵大山"))
        lock(ids)

    monkeypatch.setattr(writing, "lock_in_order", after_a_colleague)
    chief.press("write", sheet)
    with station_scope(chief.actor.scope()):
        assert Dispute.objects.get().summary == "拖欠赵**工资"
