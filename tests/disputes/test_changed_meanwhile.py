"""Two officers on the same session, party or payment: what one changed is shown to the other, and neither is overwritten."""

from typing import Any

import pytest

from disputes.models import Agreement, Appointment, Dispute, MediationSession, Party, Payment
from tests.factories import (
    AgreementFactory,
    AppointmentFactory,
    DisputeFactory,
    EnterpriseFactory,
    InstalmentFactory,
    MediationSessionFactory,
    PartyFactory,
    PaymentFactory,
)
from tests.facts.people import Person, ago, ahead, numbered, officer, rows
from tests.fixtures import City

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispute(city: City) -> Dispute:
    made: Dispute = DisputeFactory(enterprise=EnterpriseFactory(station=city.first), opened_on=ago(40))
    return made


def held(answer: Any) -> dict[str, Any]:
    """Return what a form holds, as a browser sends it."""
    form = answer.context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in values.items() if value is not False and value not in (None, "")}


def one_after_the_other(
    first: Person, second: Person, name: str, where: list[int], theirs: dict[str, Any], mine: dict[str, Any]
) -> Any:
    """Both open the form; the second one saves ``theirs``, then the first one ``mine``. Return the first one's form."""
    seen, other = held(first.get(name, *where)), held(second.get(name, *where))
    done = second.post(name, *where, **other | {"reason": "Called back"} | theirs)
    assert done.status_code == 302, done.context["form"].errors
    answer = first.post(name, *where, **seen | {"reason": "Typing error"} | mine)
    assert answer.status_code == 422
    assert answer.context["form"]["reason"].value() == "Typing error"
    return answer


def test_a_planned_session_that_a_colleague_moved(
    city: City, dispute: Dispute, django_capture_on_commit_callbacks: Any
) -> None:
    one, two = numbered(officer(city.first), "044712"), officer(city.first)
    planned = AppointmentFactory(
        enterprise=dispute.enterprise, dispute=dispute, on=ahead(3), officer_id=one.user.pk
    )
    where = [dispute.pk, planned.pk]
    answer = one_after_the_other(
        one, two, "disputes:session_move", where, {"on": ahead(6).isoformat()}, {"place": "Room 7"}
    )
    ((label, now, typed),) = answer.context["others"]
    assert (label, now, typed) == ("Day", ahead(6).isoformat(), "not changed by you")
    assert "fact-others" in answer.text
    form = held(answer)
    for place in ("Room 7", "Room 8", "Room 9"):  # the same tab, three times
        with django_capture_on_commit_callbacks(execute=True):
            done = one.post("disputes:session_move", *where, **form | {"place": place})
        assert done.status_code == 302, done.context["form"].errors
    again = one.post("disputes:session_move", *where, **form | {"place": "Room 9"})
    assert (again.status_code, again.headers["Anqi-Taken"]) == (302, "yes")
    made = rows(Appointment, city.first)
    assert [each.place for each in made][2:] == ["Room 7", "Room 8", "Room 9"]
    assert {each.on for each in made[1:]} == {ahead(6)}


def test_a_held_session_that_a_colleague_corrected(city: City, dispute: Dispute) -> None:
    one, two = numbered(officer(city.first), "044712"), officer(city.first)
    session = MediationSessionFactory(
        enterprise=dispute.enterprise, dispute=dispute, on=ago(3), officer_id=one.user.pk, applicants=2
    )
    where = [dispute.pk, session.pk]
    answer = one_after_the_other(
        one, two, "disputes:session_correct", where, {"place": "Room 3"}, {"minutes": "Heard, and agreed."}
    )
    assert [each[1:] for each in answer.context["others"]] == [("Room 3", "not changed by you")]
    assert one.post("disputes:session_correct", *where, **held(answer)).status_code == 302
    last = rows(MediationSession, city.first)[-1]
    assert (last.place, last.minutes) == ("Room 3", "Heard, and agreed.")


def test_a_party_that_a_colleague_corrected(city: City, dispute: Dispute) -> None:
    party = PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of={"phone": "13800000731"})
    where = [dispute.pk, party.pk]
    answer = one_after_the_other(
        one := officer(city.first),
        officer(city.first),
        "disputes:party_correct",
        where,
        {"side": "respondent"},
        {"phone": "13900001111"},
    )
    assert [str(each[0]) for each in answer.context["others"]] == ["Side", "Telephone"]
    done = one.post("disputes:party_correct", *where, **held(answer))
    assert done.status_code == 302, done.context["form"].errors
    last = rows(Party, city.first)[-1]
    assert (last.side, last.phone) == ("respondent", "13900001111")


def test_a_payment_that_a_colleague_corrected(city: City, dispute: Dispute) -> None:
    one, two = officer(city.first), officer(city.first)
    whose = {"enterprise": dispute.enterprise, "dispute": dispute}
    agreement = AgreementFactory(**whose, concluded_on=ago(20))
    InstalmentFactory(**whose, agreement=agreement, due_on=ahead(5))
    payment = PaymentFactory(**whose, agreement=agreement, paid_on=ago(1), fen=5_000)
    where = [dispute.pk, payment.pk]
    answer = one_after_the_other(
        one, two, "disputes:payment_correct", where, {"amount": "60"}, {"paid_on": ago(2).isoformat()}
    )
    assert [each[1] for each in answer.context["others"]] == ["60.00"]
    assert one.post("disputes:payment_correct", *where, **held(answer)).status_code == 302
    last = rows(Payment, city.first)[-1]
    assert (last.fen, last.paid_on, last.taken_back_at) == (6_000, ago(2), None)


def test_an_agreement_that_a_colleague_replaced(city: City, dispute: Dispute) -> None:
    one, two = officer(city.first), officer(city.first)
    whose = {"enterprise": dispute.enterprise, "dispute": dispute}
    InstalmentFactory(
        **whose, agreement=AgreementFactory(**whose, concluded_on=ago(20)), due_on=ahead(5), fen=10_000
    )
    add = "disputes:agreement_create"
    seen, other = held(one.get(add, dispute.pk)), held(two.get(add, dispute.pk))
    ended = {"ended_as": "replaced", "end_reason": "Agreed anew"}
    assert (
        two.post(add, dispute.pk, **other | ended | {"terms": "Paid by the contractor."}).status_code == 302
    )
    answer = one.post(add, dispute.pk, **seen | ended | {"place": "Room 7"})
    assert answer.status_code == 422
    assert ("Paid by the contractor.", "The company pays.") in [each[1:] for each in answer.context["others"]]
    assert one.post(add, dispute.pk, **held(answer)).status_code == 302
    assert [each.place for each in rows(Agreement, city.first)] == ["", "", "Room 7"]
