"""What operations on a dispute refuse though no page sends it: files of others, closed files, days and people that contradict each other."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse

from disputes.after import planning
from disputes.agreements import concluding, signing
from disputes.filing.merging import merge_into
from disputes.mediation import sessions, team, ways
from disputes.mediation.choices import StepKind, WayKind
from disputes.mediation.planning import plan_session
from disputes.models import Agreement, Dispute, EnterpriseReport, FollowUp, MediationSession
from disputes.operations import correct_dispute
from disputes.reporting.answering import take_on
from foundation.accounts.access import WrongState
from tests.disputes.test_agreements import drawn, values
from tests.factories import (
    AgreementFactory,
    AttachmentFactory,
    DisputeFactory,
    EnterpriseFactory,
    EnterpriseReportFactory,
    FollowUpFactory,
    InstalmentFactory,
    MediationSessionFactory,
    PaymentFactory,
    TeamMemberFactory,
    WayFactory,
)
from tests.facts.people import ago, ahead, chief, fresh, numbered, officer, rows, today
from tests.fixtures import City

pytestmark = pytest.mark.django_db
HIDDEN = "\u200b\u200b"  # two characters that nobody sees


def held(**more: Any) -> dict[str, Any]:
    return {
        "on": today(),
        "begins_at": dt.time(0, 0),
        "ends_at": dt.time(0, 1),
        "manner": "joint",
        "place": "Room 2",
        "applicants": 2,
        "minutes": "Both sides were heard.",
    } | more


def test_nothing_open_disappears_in_a_closed_file(city: City) -> None:
    """A follow-up that is still to be done would be on nobody's Today, and what is owed in nobody's way."""
    head = chief(city.first)
    firm = EnterpriseFactory(station=city.first)
    closed = DisputeFactory(enterprise=firm, opened_on=ago(90), settled_on=ago(80), closed_on=ago(60))
    settled = DisputeFactory(enterprise=firm, opened_on=ago(50), settled_on=ago(40))
    FollowUpFactory(enterprise=firm, dispute=settled, planned_on=today())
    with pytest.raises(WrongState, match="closed"):
        head.act(merge_into, id=settled.pk, version=None, into=closed.pk, reason="the same matter")
    assert not fresh(settled).is_voided
    head.act(merge_into, id=closed.pk, version=None, into=settled.pk, reason="the same matter")
    assert fresh(settled).closed_on is None


@pytest.mark.parametrize("days", [{"settled_on": ago(9)}, {"settled_on": ago(9), "closed_on": ago(3)}])
def test_a_report_is_taken_on_into_an_open_dispute_alone(city: City, days: dict[str, dt.date]) -> None:
    """In a settled one nobody would look at it again."""
    person = officer(city.first)
    firm = EnterpriseFactory(station=city.first)
    over = DisputeFactory(enterprise=firm, opened_on=ago(30), **days)
    report = EnterpriseReportFactory(enterprise=firm)
    with pytest.raises(ValidationError) as refused:
        person.act(take_on, id=report.pk, into=over.pk)
    assert refused.value.message_dict.keys() == {"into"}
    assert rows(EnterpriseReport, city.first)[0].waits


def test_only_files_of_the_dispute_belong_to_its_session(city: City) -> None:
    person = officer(city.first)
    dispute, other = DisputeFactory.create_batch(2, enterprise=EnterpriseFactory(station=city.first))
    session = MediationSessionFactory(enterprise=dispute.enterprise, dispute=dispute)
    own = AttachmentFactory(enterprise=dispute.enterprise, kind="dispute", record_id=dispute.pk)
    alien = AttachmentFactory(enterprise=dispute.enterprise, kind="dispute", record_id=other.pk)
    place = {"dispute_id": dispute.pk, "session_id": session.pk}
    for id in (alien.pk, 10**9):
        with pytest.raises(Http404):
            person.act(sessions.name_documents, **place, attachment_ids=[own.pk, id])
    person.act(sessions.name_documents, **place, attachment_ids=[own.pk])
    assert person.act(lambda actor: sessions.documents_of(session)) == [own.pk]


def test_who_has_a_conflict_is_known_in_each_spelling(city: City) -> None:
    """A conflict of interest is that of a person, however the name is spaced."""
    person = numbered(officer(city.first, "王强"), "041267")
    second = numbered(officer(city.first, "Officer Zhou"), "041309")
    dispute = DisputeFactory(enterprise__station=city.first, opened_on=ago(9))
    TeamMemberFactory(
        enterprise=dispute.enterprise,
        dispute=dispute,
        name="王　强",
        organisation="司法所",
        invited_on=ago(5),
        answered_on=ago(5),
        accepted=True,
        conflict_on=ago(4),
        conflict_by="Respondent",
        conflict_reason="A cousin",
    )
    twin = TeamMemberFactory(
        enterprise=dispute.enterprise,
        dispute=dispute,
        name="王强",
        organisation="另一所",
        invited_on=ago(3),
        answered_on=ago(3),
        accepted=True,
    )
    team_of = {"officer_id": person.user.pk, "second_id": second.user.pk}
    for more in ({}, {"led_by": twin.pk}):
        with pytest.raises(ValidationError, match="conflict"):
            person.act(sessions.hold_session, dispute_id=dispute.pk, **team_of, **more, **held())
    with pytest.raises(ValidationError) as refused:
        person.act(
            team.invite_member,
            dispute_id=dispute.pk,
            role="justice",
            name="王 强",
            organisation="司 法 所",
            invited_on=today(),
        )
    assert refused.value.message_dict.keys() == {"name"}


def test_nobody_led_or_attended_a_session_before_they_were_asked(city: City) -> None:
    person = numbered(officer(city.first), "041267")
    second = numbered(officer(city.first), "041309")
    dispute = DisputeFactory(enterprise__station=city.first, opened_on=ago(9))
    member = TeamMemberFactory(
        enterprise=dispute.enterprise,
        dispute=dispute,
        invited_on=ago(1),
        answered_on=today(),
        accepted=True,
    )
    both = {"officer_id": person.user.pk, "second_id": second.user.pk}
    with pytest.raises(ValidationError) as refused:
        person.act(sessions.hold_session, dispute_id=dispute.pk, **both, led_by=member.pk, **held(on=ago(5)))
    assert refused.value.message_dict.keys() == {"led_by"}
    with pytest.raises(ValidationError) as refused:
        person.act(sessions.hold_session, dispute_id=dispute.pk, **both, present=[10**9], **held())
    assert refused.value.message_dict.keys() == {"present"}
    assert not rows(MediationSession, city.first)


def oral_agreement(dispute: Dispute, day: dt.date) -> Agreement:
    """An agreement by word of mouth of a day, in effect at once."""
    of = {"enterprise": dispute.enterprise, "dispute": dispute}
    return AgreementFactory(**of, kind="oral", concluded_on=day, effective_on=day, signers=[])


def test_an_agreement_that_replaces_another_is_not_older(city: City) -> None:
    person = officer(city.first)
    dispute = DisputeFactory(enterprise__station=city.first, opened_on=ago(90))
    before = oral_agreement(dispute, ago(10))
    given = values(kind="oral", concluded_on=ago(30), instalments=(), total=None, replaces=before.pk)
    with pytest.raises(ValidationError) as refused:
        person.act(concluding.conclude_agreement, id=dispute.pk, **given, end_reason="They agreed anew.")
    assert refused.value.message_dict.keys() == {"concluded_on"}


def test_a_corrected_agreement_is_not_younger_than_what_was_paid(city: City) -> None:
    person = officer(city.first)
    dispute = DisputeFactory(enterprise__station=city.first, opened_on=ago(90))
    before = oral_agreement(dispute, ago(30))
    InstalmentFactory(
        enterprise=dispute.enterprise, dispute=dispute, agreement=before, due_on=ahead(9), fen=10000
    )
    PaymentFactory(
        enterprise=dispute.enterprise, dispute=dispute, agreement=before, paid_on=ago(20), fen=10000
    )
    given = values(
        kind="oral",
        concluded_on=ago(10),
        instalments=[concluding.Given(ahead(9), Decimal(100))],
        total=Decimal(100),
        replaces=before.pk,
        ended_as="corrected",
    )
    with pytest.raises(ValidationError) as refused:
        person.act(concluding.conclude_agreement, id=dispute.pk, **given, end_reason="Another day.")
    assert refused.value.message_dict.keys() == {"concluded_on"}


@pytest.mark.parametrize("beside", [WayFactory, MediationSessionFactory, AgreementFactory, TeamMemberFactory])
def test_a_dispute_was_not_opened_after_what_was_done_about_it(city: City, beside: Any) -> None:
    head = chief(city.first)
    dispute = DisputeFactory(enterprise__station=city.first, opened_on=ago(90))
    day = {
        WayFactory: "from_on",
        MediationSessionFactory: "on",
        AgreementFactory: "concluded_on",
        TeamMemberFactory: "invited_on",
    }[beside]
    beside(enterprise=dispute.enterprise, dispute=dispute, **{day: ago(30)})
    given = {"id": dispute.pk, "version": None, "reason": "A wrong day"}
    with pytest.raises(ValidationError) as refused:
        head.act(correct_dispute, **given, opened_on=ago(10))
    assert refused.value.message_dict.keys() == {"opened_on"}
    head.act(correct_dispute, **given, opened_on=ago(30))


def test_a_follow_up_is_given_to_an_officer_of_the_station(city: City) -> None:
    person, alien = officer(city.first), officer(city.second)
    dispute = DisputeFactory(enterprise__station=city.first, opened_on=ago(90), settled_on=ago(60))
    given = {"id": dispute.pk, "planned_on": today(), "way": "call", "question": "Is it kept?"}
    with pytest.raises(ValidationError) as refused:
        person.act(planning.plan_follow_up, **given, officer_id=alien.user.pk)
    assert refused.value.message_dict.keys() == {"officer"}
    assert not rows(FollowUp, city.first)


def test_words_that_nobody_sees_are_none(city: City) -> None:
    person = officer(city.first)
    dispute = DisputeFactory(enterprise__station=city.first, opened_on=ago(9))
    with pytest.raises(ValidationError) as refused:
        person.act(ways.choose_way, dispute_id=dispute.pk, kind=WayKind.PEOPLES, from_on=ago(3), body=HIDDEN)
    assert "body" in refused.value.message_dict
    way = WayFactory(enterprise=dispute.enterprise, dispute=dispute, from_on=ago(3))
    with pytest.raises(ValidationError) as refused:
        person.act(
            ways.record_step,
            dispute_id=dispute.pk,
            way_id=way.pk,
            kind=StepKind.REFUSED,
            on=ago(1),
            said=HIDDEN,
        )
    assert "said" in refused.value.message_dict


def test_a_result_comes_after_the_receipt(city: City) -> None:
    person = officer(city.first)
    dispute = DisputeFactory(enterprise__station=city.first, opened_on=ago(30))
    way = WayFactory(
        enterprise=dispute.enterprise, dispute=dispute, kind="transfer", recipient="labour", from_on=ago(20)
    )
    step = {"dispute_id": dispute.pk, "way_id": way.pk, "said": "The labour office, no. 4"}
    person.act(ways.record_step, **step, kind=StepKind.RECEIVED, on=ago(5))
    with pytest.raises(ValidationError) as refused:
        person.act(ways.record_step, **step, kind=StepKind.RESULT, on=ago(15))
    assert refused.value.message_dict.keys() == {"on"}


def test_nobody_signs_for_two(city: City) -> None:
    person = officer(city.first)
    dispute = DisputeFactory(enterprise__station=city.first, opened_on=ago(30))
    agreement = AgreementFactory(enterprise=dispute.enterprise, dispute=dispute, concluded_on=ago(3))

    def sign(*names: str) -> Any:
        given = zip(agreement.signers, names, strict=False)
        return person.act(
            signing.sign_agreement,
            id=dispute.pk,
            agreement_id=agreement.pk,
            signatures=[signing.SignatureGiven(signer, name, drawn()) for signer, name in given],
            signed_on=ago(3),
        )

    with pytest.raises(ValidationError) as refused:
        sign("王芳", "王 芳")
    assert refused.value.message_dict.keys() == {"name_respondent"}
    sign("王芳")
    with pytest.raises(ValidationError) as refused:
        sign("王芳", "王芳", "李珊")
    assert refused.value.message_dict.keys() == {"name_respondent"}
    assert len(sign("王芳", "王芳（2）", "李珊")) == 2


def test_nothing_is_begun_in_a_closed_file(city: City) -> None:
    """What is planned there would wait in a file that says that nothing waits."""
    person = numbered(officer(city.first), "041267")
    dispute = DisputeFactory(
        enterprise__station=city.first, opened_on=ago(90), settled_on=ago(60), closed_on=ago(3)
    )
    way = {"kind": WayKind.PEOPLES, "from_on": ago(1), "body": "Committee"}
    session = {
        "officer_id": person.user.pk,
        "on": ahead(3),
        "begins_at": dt.time(9),
        "ends_at": dt.time(10),
        "manner": "joint",
        "place": "Room 2",
    }
    for begin in ((ways.choose_way, way), (plan_session, session)):
        with pytest.raises(WrongState, match="closed"):
            person.act(begin[0], dispute_id=dispute.pk, **begin[1])
    page = person.get("disputes:detail", dispute.pk).text
    for name in ("session_plan", "way"):
        assert reverse(f"disputes:{name}", args=[dispute.pk]) not in page
