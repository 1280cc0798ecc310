"""Mediation as officers lead it: ways with their refusals and clocks, team, sessions planned and held, papers."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from disputes.mediation import planning, sessions, ways
from disputes.mediation.choices import StepKind
from disputes.models import (
    Appointment,
    Dispute,
    MediationSession,
    Offer,
    SessionDocument,
    TeamMember,
    Way,
    WayStep,
)
from disputes.people import parties
from foundation.accounts.models import User
from foundation.tenancy.scope import Audience
from papers.models import Paper
from tests.factories import (
    AppointmentFactory,
    DisputeFactory,
    EnterpriseFactory,
    LetterheadFactory,
    MediationSessionFactory,
    OfferFactory,
    TeamMemberFactory,
    WayFactory,
    WayStepFactory,
)
from tests.facts.people import Person, chief, fresh, log, manager, numbered, officer, rows
from tests.fixtures import City, scope_of, scope_of_enterprise

pytestmark = pytest.mark.django_db
MONDAY = "2026-06-15 10:00+08:00"  # the Friday after is the Dragon Boat Festival
POLICE = {
    "from_on": "2026-06-15",
    "accepted_on": "2026-06-15",
    "offence": "beating",
    "ground": "near",
    "minors": "none",
    "agent": "none",
    "checked": "on",
}
SESSION = {
    "on": "2026-06-15",
    "begins_at": "08:00",
    "ends_at": "09:00",
    "manner": "joint",
    "place": "Room 2",
    "applicants": "3",
    "respondents": "1",
    "others": "0",
    "minutes": "Both sides said SECRETNAME what had happened.",
    "camera": "4471-0914",
}


@pytest.fixture
def dispute(city: City) -> Dispute:
    LetterheadFactory(bureau=city.bureau, station=city.first)
    found: Dispute = DisputeFactory(
        enterprise=EnterpriseFactory(station=city.first), opened_on=dt.date(2026, 6, 12)
    )
    return found


@pytest.fixture
def led(city: City) -> Person:
    return numbered(officer(city.first, "Officer Li"), "041267")


@pytest.fixture
def second(city: City) -> Person:
    return numbered(officer(city.first, "Officer Zhou"), "041309")


def errors(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422
    return {name: str(found[0]) for name, found in answer.context["form"].errors.items()}


def clock(dispute: Dispute) -> list[tuple[str, str]]:
    with scope_of(dispute.station, audience=Audience.SYSTEM):
        return [(each.running, str(each.due_on)) for each in ways.ways_of(dispute)]


@time_machine.travel(MONDAY, tick=True)
def test_the_police_way_with_an_exclusion_then_one_that_fails(
    city: City, dispute: Dispute, led: Person, second: Person
) -> None:
    officers = {"officer": led.user.pk, "second": second.user.pk}
    page = reverse("disputes:detail", args=[dispute.pk])
    assert "Choose the way" in led.client.get(page).text
    refused = led.post("disputes:way_police", dispute.pk, **POLICE, exclusion_gang="on")
    assert "Art. 179, item 2" in errors(refused)["exclusion_gang"]
    wrong = {"offence": "none", "agent": "suspect", "accepted_on": "2026-06-16"}
    assert errors(led.post("disputes:way_police", dispute.pk, **POLICE | wrong)).keys() == wrong.keys()
    assert rows(Way, city.first) == []

    assert led.post("disputes:way_police", dispute.pk, **POLICE).status_code == 302
    assert clock(dispute) == [("first", "2026-06-18")]
    anew = led.post("disputes:way_police", dispute.pk, **POLICE, reason="Two further sessions")
    assert "already" in anew.text
    assert clock(dispute) == [("first", "2026-06-18")]
    alone = led.post("disputes:session_new", dispute.pk, **SESSION, officer=led.user.pk)
    assert "Art. 108" in errors(alone)["second"]
    held = {
        **SESSION,
        **officers,
        "applicant_amount": "8000",
        "respondent_amount": "5000",
        "respondent_instalments": "2",
    }
    assert led.post("disputes:session_new", dispute.pk, **held).status_code == 302
    assert clock(dispute) == [("second", "2026-06-25")]  # seven working days, the 19th is a holiday
    shown = led.client.get(page)
    assert "3,000.00" in shown.text
    assert [each.due_on for each in shown.context["panels"] and [shown.context["clock"]]] == [
        dt.date(2026, 6, 25)
    ]
    with time_machine.travel("2026-06-26 10:00+08:00", tick=True):
        late = held | {"on": "2026-06-26"}
        assert "Art. 183" in errors(led.post("disputes:session_new", dispute.pk, **late))["late_reason"]
        late["late_reason"] = "One side was in hospital."
        assert led.post("disputes:session_new", dispute.pk, **late).status_code == 302
        third = held | {"begins_at": "09:00", "ends_at": "09:30", "on": "2026-06-26"}
        assert "twice" in errors(led.post("disputes:session_new", dispute.pk, **third))["on"]
        assert clock(dispute) == [("", "None")]
        ahead = {
            "on": "2026-06-30",
            "begins_at": "14:00",
            "ends_at": "16:00",
            "manner": "joint",
            "place": "1",
        }
        plan = led.post("disputes:session_plan", dispute.pk, **ahead, **officers)
        assert "twice" in errors(plan)["on"], "nobody plans what cannot be held"
        full = led.client.get(page)
        assert "Record the agreement" in [str(each.label) for each in full.context["buttons"]]
        assert "Plan a session" not in full.text
        [way] = rows(Way, city.first)
        step = {"on": "2026-06-26", "cause": "none", "said": "They insist."}
        for _again in range(2):
            failed = led.post("disputes:way_step", dispute.pk, way.pk, query="?step=failed", **step)
            assert failed.status_code == 302
        assert clock(dispute) == [("case", "2026-07-27")]  # the 30th day is a Sunday
        extended = {"on": "2026-06-26", "said": "The bureau, no. 12"}
        place = ("disputes:way_step", dispute.pk, way.pk)
        assert led.post(*place, query="?step=extended", **extended).status_code == 403
        boss = chief(city.first)
        assert boss.post(*place, query="?step=extended", **extended).status_code == 302
        assert clock(dispute) == [("case", "2026-08-25")]
        assert "failed" in led.post("disputes:way_police", dispute.pk, **POLICE, reason="Once more").text
        assert led.get("disputes:way_police", dispute.pk).status_code == 302
    assert [each.kind for each in rows(WayStep, city.first)] == ["failed", "extended"]
    written = log(city.first)
    assert [each.action.partition(".")[2] for each in written] == [
        "way_police",
        "session_joint",
        "session_joint",
        "way_failed",
        "way_extended",
    ]
    assert not any("SECRETNAME" in f"{each.after} {each.reason}" for each in written)
    stranger = manager(dispute.enterprise)
    assert stranger.client.get(page).status_code in (403, 404)
    with scope_of_enterprise(dispute.enterprise):
        assert not any(model.objects.exists() for model in (Way, WayStep, MediationSession, Offer))


@time_machine.travel(MONDAY, tick=True)
def test_a_way_is_changed_and_keeps_its_history(city: City, dispute: Dispute, led: Person) -> None:
    assert led.post("disputes:way_police", dispute.pk, **POLICE).status_code == 302
    peoples = {"from_on": "2026-06-15", "body": "Committee of the street", "oral": "yes"}
    refused = led.post("disputes:way_peoples", dispute.pk, **peoples, all_accept="no", reason="Asked for")
    assert "Art. 17" in errors(refused)["all_accept"]
    assert "reason" in errors(led.post("disputes:way_peoples", dispute.pk, **peoples, all_accept="yes"))
    form = {**peoples, "all_accept": "yes", "reason": "Both asked for it"}
    form["form_key"] = "5a0e3b52-7d58-4b58-8a39-4e4a0a4f3b11"
    for _again in range(2):
        assert led.post("disputes:way_peoples", dispute.pk, **form).status_code == 302
    again = led.post("disputes:way_peoples", dispute.pk, **peoples, all_accept="yes", reason="Once more")
    assert errors(again) == {"__all__": "It is led this way already."}
    # what the police gave up has failed, so the time for the case runs on beside the new way
    assert clock(dispute) == [("case", "2026-07-15"), ("", "None")]
    transfer = {
        "from_on": "2026-06-15",
        "recipient": "labour",
        "body": "Labour inspection",
        "reason": "Theirs",
    }
    assert led.post("disputes:way_transfer", dispute.pk, **transfer).status_code == 302
    assert clock(dispute)[2] == ("receipt", "2026-06-23")
    way = rows(Way, city.first)[2]
    letter = led.post(
        "disputes:way_letter", dispute.pk, way.pk, facts="Wages of two months.", asked="Look into it."
    )
    assert letter.status_code == 302
    got = led.post(
        "disputes:way_step", dispute.pk, way.pk, query="?step=received", on="2026-06-15", said="Counter 3"
    )
    assert got.status_code == 302
    assert clock(dispute)[2] == ("", "None")
    page = led.client.get(reverse("disputes:detail", args=[dispute.pk])).text
    assert "Committee of the street" in page
    assert led.post("disputes:way_void", dispute.pk, way.pk, reason="Not theirs after all").status_code == 302
    assert clock(dispute) == [("case", "2026-07-15"), ("", "None")]
    wrong = rows(Way, city.first)[1]
    assert led.post("disputes:way_void", dispute.pk, wrong.pk, reason="Another dispute").status_code == 302
    assert clock(dispute) == [("first", "2026-06-18")], "the police mediate on"
    [paper] = rows(Paper, city.first)
    assert (paper.form, paper.data["body"]) == ("dispute-transfer", "Labour inspection")


@time_machine.travel(MONDAY, tick=True)
def test_a_session_is_planned_moved_and_held_and_touches_no_other(
    city: City, dispute: Dispute, led: Person, second: Person
) -> None:
    """civicrm-core#6187: re-dating the appointment of one case deleted that of another."""
    other = DisputeFactory(enterprise=dispute.enterprise, opened_on=dispute.opened_on, summary="Parking")
    plan = {
        "on": "2026-06-16",
        "begins_at": "14:00",
        "ends_at": "16:00",
        "manner": "separate",
        "place": "Room 2",
        "officer": led.user.pk,
    }
    assert led.post("disputes:session_plan", dispute.pk, **plan).status_code == 302
    assert "Officer Li" in errors(led.post("disputes:session_plan", other.pk, **plan))["begins_at"]
    elsewhere = plan | {"officer": second.user.pk}
    assert led.post("disputes:session_plan", other.pk, **elsewhere).status_code == 302
    assert "on" in errors(led.post("disputes:session_plan", other.pk, **plan | {"on": "2026-06-12"}))
    mine, theirs = rows(Appointment, city.first)
    today = led.client.get(reverse("desk:today")).text
    assert "Mediation session" in today
    place = ("disputes:session_move", dispute.pk, mine.pk)
    stays = led.post(*place, **plan, reason="It stays where it is")
    assert errors(stays) == {"__all__": "Nothing was changed."}
    assert fresh(mine).ended_at is None
    moved = plan | {"on": "2026-06-15", "begins_at": "09:00", "ends_at": "09:30", "reason": "They asked"}
    for _again in range(2):
        assert led.post(*place, **moved).status_code == 302
    assert led.post("disputes:session_move", other.pk, mine.pk, **moved).status_code == 404
    assert fresh(theirs).ended_at is None
    with scope_of(city.first, audience=Audience.SYSTEM):
        [now] = planning.appointments_of(dispute)
    assert (now.on, now.moves_id) == (dt.date(2026, 6, 15), mine.pk)

    future = {**SESSION, "officer": led.user.pk, "on": "2026-06-16"}
    before = {**SESSION, "officer": led.user.pk, "on": "2026-06-01"}
    assert "future" in errors(led.post("disputes:session_new", dispute.pk, **future))["on"]
    assert "opened" in errors(led.post("disputes:session_new", dispute.pk, **before))["on"]
    silly = {"applicant_amount": "-1", "respondent_amount": "1000000000000", "respondent_instalments": "0"}
    odd = led.post("disputes:session_new", dispute.pk, **SESSION, officer=led.user.pk, **silly)
    assert errors(odd).keys() == silly.keys()
    assert errors(odd)["respondent_amount"] == "This amount is too large. Check the number of zeros."
    far = led.post("disputes:session_new", dispute.pk, **SESSION, officer=led.user.pk, next_on="2126-06-16")
    assert "year" in errors(far)["next_on"]
    held = {**SESSION, "officer": led.user.pk, "begins_at": "09:00", "ends_at": "09:45"}
    answer = led.post("disputes:session_new", dispute.pk, **held)  # it was the one planned for that day
    assert answer.status_code == 302
    assert fresh(now).ended_as == "held"
    [session] = rows(MediationSession, city.first)
    scan = SimpleUploadedFile("list.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF")
    added = led.post("disputes:session_documents", dispute.pk, session.pk, file=scan)
    assert added.status_code == 302
    minutes = led.post("disputes:session_minutes", dispute.pk, session.pk)
    assert minutes.status_code == 302
    with scope_of(city.first):
        moved_on = User.objects.get(pk=session.officer_id)
    moved_on.police_number = ""  # has left the station since
    moved_on.save(update_fields=["police_number"])
    asked = led.get("disputes:session_correct", dispute.pk, session.pk).context["form"]
    assert (asked.initial["officer"], session.officer_name) in [
        (pk, label.rpartition(" (")[0]) for pk, label in asked.fields["officer"].choices
    ]
    same = led.post("disputes:session_correct", dispute.pk, session.pk, **held, reason="Nothing")
    assert errors(same) == {"__all__": "Nothing was changed."}
    fixed = held | {"minutes": "Only the applicants came.", "reason": "Mistyped"}
    corrected = led.post("disputes:session_correct", dispute.pk, session.pk, **fixed)
    assert corrected.status_code == 302
    first, valid = rows(MediationSession, city.first)
    assert (first.void_reason, valid.replaces_id) == ("Mistyped", first.pk)
    assert (valid.officer_name, valid.officer_number) == (first.officer_name, first.officer_number)
    assert "Only the applicants" in led.client.get(corrected.url).text
    assert "See what is valid" in led.client.get(answer.url).text
    before, paper = rows(Paper, city.first)
    assert (before.version, paper.version, paper.number) == (1, 2, before.number)
    assert paper.data["minutes"] == ["Only the applicants came."]
    twice = led.post("disputes:session_minutes", dispute.pk, valid.pk)
    assert twice.status_code == 422
    voided = led.post("disputes:session_void", dispute.pk, valid.pk, reason="It was another dispute")
    assert voided.status_code == 302
    assert fresh(paper).void_reason == "It was another dispute"
    assert [each.session_id for each in rows(SessionDocument, city.first)] == [first.pk, valid.pk]
    assert "list.pdf" in led.client.get(corrected.url).text


@time_machine.travel(MONDAY, tick=True)
def test_whoever_has_a_conflict_of_interest_leads_no_session(
    city: City, dispute: Dispute, led: Person
) -> None:
    invite = {
        "role": "justice",
        "name": "Wang Jing",
        "organisation": "Justice office",
        "invited_on": "2026-06-15",
    }
    assert led.post("disputes:member_new", dispute.pk, **invite).status_code == 302
    assert "name" in errors(led.post("disputes:member_new", dispute.pk, **invite))
    [member] = rows(TeamMember, city.first)
    invitation = led.post("disputes:member_invitation", dispute.pk, member.pk)
    assert invitation.status_code == 302
    place = ("disputes:member", dispute.pk, member.pk)
    held = {**SESSION, "officer": led.user.pk, "led_by": member.pk, "present": [member.pk]}
    assert "accepted" in errors(led.post("disputes:session_new", dispute.pk, **held))["led_by"]
    assert led.post(*place, what="accepted", on="2026-06-15").status_code == 302
    assert errors(led.post(*place, what="conflict", on="2026-06-15")).keys() == {"said_by", "reason"}
    said = {"what": "conflict", "on": "2026-06-15", "said_by": "The respondent", "reason": "A cousin"}
    assert led.post(*place, **said).status_code == 302
    assert "conflict" in errors(led.post("disputes:session_new", dispute.pk, **held))["led_by"]
    assert led.post("disputes:session_new", dispute.pk, **held | {"led_by": ""}).status_code == 302
    assert rows(MediationSession, city.first)[0].present == [{"role": "justice", "name": "Wang Jing"}]
    assert not any(
        "Wang" in f"{each.after} {each.reason}" for each in log(city.first, action__startswith="dispute")
    )


def test_a_clock_is_overdue_only_on_the_day_after_its_last(city: City, dispute: Dispute, led: Person) -> None:
    """ustaxcourt/ef-cms#7792: the state moved a day early, because a server elsewhere said what day it was."""
    with time_machine.travel(MONDAY, tick=True):
        assert led.post("disputes:way_police", dispute.pk, **POLICE).status_code == 302
    page = reverse("disputes:detail", args=[dispute.pk])
    for moment, broken in (("2026-06-18 23:50+08:00", False), ("2026-06-19 00:10+08:00", True)):
        with time_machine.travel(moment, tick=True):
            assert ("dispute-broken" in led.client.get(page).text) is broken


@time_machine.travel(MONDAY, tick=True)
def test_a_step_that_was_entered_wrongly_is_voided(city: City, dispute: Dispute, led: Person) -> None:
    assert led.post("disputes:way_police", dispute.pk, **POLICE, needs_appraisal="on").status_code == 302
    assert clock(dispute) == [("", "None")]
    [way] = rows(Way, city.first)
    arrived = led.post("disputes:way_step", dispute.pk, way.pk, query="?step=appraised", on="2026-06-15")
    assert arrived.status_code == 302
    assert clock(dispute) == [("first", "2026-06-18")]
    [step] = rows(WayStep, city.first)
    assert step.kind == StepKind.APPRAISED
    voided = led.post(
        "disputes:way_void", dispute.pk, way.pk, query=f"?step={step.pk}", reason="Another case"
    )
    assert voided.status_code == 302
    assert clock(dispute) == [("", "None")]
    assert fresh(way).voided_at is None


def statements(person: Person, dispute: Dispute) -> int:
    """Return how many statements the page takes with a cold cache when it is opened for the second time."""
    page = reverse("disputes:detail", args=[dispute.pk])
    person.client.get(page)
    cache.clear()
    apart = ("SAVEPOINT", "RELEASE", 'UPDATE "accounts_session"')
    with CaptureQueriesContext(connection) as queries:
        assert person.client.get(page).status_code == 200
    return len([each for each in queries if not each["sql"].startswith(apart)])


def test_the_page_takes_the_same_statements_whatever_was_recorded(city: City, dispute: Dispute) -> None:
    reader = officer(city.first)
    place = {"enterprise": dispute.enterprise, "dispute": dispute}
    few = statements(reader, dispute)
    for number in range(6):
        way = WayFactory(**place, from_on=dt.date(2026, 6, 12) + dt.timedelta(days=number))
        WayStepFactory(**place, way=way)
        held = MediationSessionFactory(**place, on=dt.date(2026, 6, 12) + dt.timedelta(days=number))
        OfferFactory(**place, session=held)
        OfferFactory(**place, session=held, side="respondent", amount=5000)
        TeamMemberFactory(**place)
        AppointmentFactory(**place)
    assert statements(reader, dispute) == few


@time_machine.travel(MONDAY)
def test_what_no_page_sends_is_refused_with_a_sentence(city: City, dispute: Dispute) -> None:
    """A session with a day in words, a party who is a number: what comes as further values, too."""
    who = numbered(officer(city.first), "004471")
    wrong: tuple[tuple[Any, dict[str, Any], str], ...] = (
        (sessions.hold_session, {"officer_id": None, "on": "soon"}, "on"),
        (sessions.hold_session, {"officer_id": None, "on": None}, "on"),
        (sessions.hold_session, {"officer_id": None, "begins_at": 8}, "begins_at"),
        (sessions.hold_session, {"officer_id": None, "applicants": "three"}, "applicants"),
        (planning.plan_session, {"officer_id": None, "on": 7}, "on"),
        (planning.plan_session, {"officer_id": None}, "on"),
        (ways.choose_way, {"kind": "admin", "from_on": None}, "from_on"),
        (
            ways.choose_way,
            {"kind": "peoples", "from_on": dt.date(2026, 6, 15), "accepted_on": "x"},
            "accepted_on",
        ),
        (parties.add_party, {"name": 7}, "name"),
        (parties.add_party, {"side": "applicant", "name": "Li Wei", "born_on": "1980"}, "born_on"),
    )
    for operation, values, field in wrong:
        with pytest.raises(ValidationError) as refused:
            who.act(operation, dispute_id=dispute.pk, **values)
        assert field in refused.value.message_dict, (operation.__name__, values)
    assert not rows(MediationSession, city.first)
