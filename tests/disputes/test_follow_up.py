"""After the settlement: follow-ups by plan, call and survey; a relapse reopens; closing; the signed link."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from disputes.after.papers import record_of
from disputes.after.part import FollowUps
from disputes.after.questions import QUESTIONS
from disputes.choices import FollowUpWay
from disputes.models import Dispute, FollowUp
from disputes.operations import void_dispute
from foundation.contributions.measures import Running, acts, sources
from foundation.links.models import SignedLink
from foundation.links.operations import digest_of, take_answers
from foundation.periods import Period
from foundation.tenancy.scope import Audience, station_scope
from tests.factories import (
    AgreementFactory,
    DisputeFactory,
    FollowUpFactory,
    InstalmentFactory,
    LiaisonFactory,
    PartyFactory,
)
from tests.facts.people import Person, ago, ahead, chief, fresh, log, officer, rows, today
from tests.fixtures import City, scope_of
from tests.papers.test_records import words_of
from tests.rest.keys import within_one_minute

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(city: City) -> Person:
    return officer(city.first)


@pytest.fixture
def dispute(city: City, person: Person) -> Dispute:
    made = DisputeFactory(enterprise__station=city.first, opened_on=ago(90), settled_on=ago(70))
    LiaisonFactory(enterprise=made.enterprise, officer=person.user, from_on=ago(99))
    return made


def follow_ups(city: City) -> list[FollowUp]:
    return rows(FollowUp, city.first)


def test_what_is_proposed_is_planned_once_and_done(city: City, person: Person, dispute: Dispute) -> None:
    url = "?level=medium"
    for _again in range(2):
        assert person.post("disputes:propose_follow_ups", dispute.pk, query=url).status_code == 302
    call, survey = follow_ups(city)
    assert [(each.way, each.planned_on) for each in (call, survey)] == [
        ("call", today()),
        ("survey", today()),
    ]
    page = person.get("disputes:detail", dispute.pk).content.decode()
    assert reverse("disputes:follow_up_done", args=[call.pk]) in page
    given = {"done_on": ago(1), "reached": "true", "satisfied": "yes", "relapse": "false", "said": "All paid"}
    bad = person.post("disputes:follow_up_done", call.pk, **given | {"done_on": ahead(1), "satisfied": ""})
    assert (bad.status_code, set(bad.context["form"].errors)) == (422, {"done_on", "satisfied"})
    for _again in range(2):
        assert person.post("disputes:follow_up_done", call.pk, **given).status_code == 302
    found = fresh(call)
    assert (found.done_on, found.satisfied, found.relapse, found.done_by) == (
        ago(1),
        "yes",
        False,
        person.user.full_name,
    )
    entries = [entry.action for entry in log(city.first)]
    assert entries == ["dispute.plan_follow_up", "dispute.followed_up_by_call"]
    assert "All paid" not in str([entry.after for entry in log(city.first)])
    assert fresh(dispute).settled_on == ago(70)


def test_a_relapse_reopens_the_dispute_and_names_the_follow_up(
    city: City, person: Person, dispute: Dispute
) -> None:
    call = FollowUpFactory(dispute=dispute, enterprise=dispute.enterprise, planned_on=ago(2))
    given = {"done_on": today(), "reached": "true", "satisfied": "no", "relapse": "true"}
    bad = person.post("disputes:follow_up_done", call.pk, **given)
    assert set(bad.context["form"].errors) == {"said", "due_on"}
    answer = person.post("disputes:follow_up_done", call.pk, **given, said="Not paid", due_on=ahead(9))
    assert answer.status_code == 302
    now = fresh(dispute)
    assert (now.settled_on, now.due_on, fresh(call).reopened) == (None, ahead(9), True)
    assert now.as_of("settled_on", ago(1)) == ago(70)
    reason = log(city.first, action="dispute.reopen")[0].reason
    assert str(call.pk) in reason
    assert "Not paid" not in reason


def answer_of(client: Client, token: str, **given: Any) -> Any:
    return client.post(reverse("links:link", args=[token]), given)


def sent(person: Person, survey: FollowUp) -> str:
    """Return the token of the link that an officer makes."""
    shown = person.post("disputes:follow_up_survey", survey.pk)
    assert shown.status_code == 200
    return str(shown.context["link"]).rstrip("/").rsplit("/", 1)[1]


def test_a_proposed_question_is_read_in_the_readers_language(
    city: City, person: Person, dispute: Dispute
) -> None:
    """An officer took it in English; the file, the party's page and the paper say it in Chinese. Own words stay."""
    with override("en"):
        proposed = str(QUESTIONS[FollowUpWay.SURVEY])
    kept = {"dispute": dispute, "enterprise": dispute.enterprise, "planned_on": today()}
    survey = FollowUpFactory(**kept, way="survey", question=proposed)
    own = FollowUpFactory(**kept, way="survey", question="Is the lift mended?")
    with override("zh-hans"):
        chinese = str(QUESTIONS[FollowUpWay.SURVEY])
        assert (survey.asked, own.asked) == (chinese, "Is the lift mended?")
        assert chinese != proposed
    for each, text in ((survey, chinese), (own, "Is the lift mended?")):
        url = reverse("links:link", args=[sent(person, each)])
        shown = Client(headers={"accept-language": "zh-hans"}).get(url).content.decode()
        assert text in shown
        assert proposed not in shown
    with override("en"), scope_of(city.first):
        paper = record_of(person.actor, FollowUp.objects.get(pk=survey.pk))
    assert paper["question"] == chinese


def test_a_survey_is_answered_once_and_decides_nothing(city: City, person: Person, dispute: Dispute) -> None:
    """Opening it, as programs do that read messages, changes nothing; the first answer stands."""
    survey = FollowUpFactory(dispute=dispute, enterprise=dispute.enterprise, planned_on=today(), way="survey")
    token, before = sent(person, survey), fresh(dispute)
    assert token not in str(rows(SignedLink, city.first)[0].__dict__)
    nobody = Client()
    url = reverse("links:link", args=[token])
    for _scanner in range(3):
        opened = nobody.get(url)
        assert nobody.head(url).status_code == opened.status_code == 200
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert (opened.headers["Cache-Control"], "noindex" in opened.headers["X-Robots-Tag"]) == (
        "no-store",
        True,
    )
    assert not nobody.cookies
    assert dispute.summary not in opened.content.decode()
    assert rows(SignedLink, city.first)[0].answered_at is None
    assert f"until {ahead(14).isoformat()}" in opened.content.decode(), "the last day, not the one after it"
    assert answer_of(nobody, token, kept="no").status_code == 422
    first = answer_of(nobody, token, kept="no", satisfied="no", said="Not one yuan")
    again = answer_of(nobody, token, kept="yes", satisfied="yes", said="")
    assert first.context["receipt"] == again.context["receipt"] == nobody.get(url).context["receipt"]
    dropped = person.post("disputes:follow_up_drop", survey.pk, reason="No answer")
    assert "answered a moment ago" in dropped.content.decode()
    assert (fresh(survey).dropped_on, take_answers(city.bureau.pk), take_answers(city.bureau.pk)) == (
        None,
        1,
        0,
    )
    found = fresh(survey)
    assert (found.done_on, found.relapse, found.said, found.judged_on) == (
        today(),
        True,
        "Not one yuan",
        None,
    )
    now = fresh(dispute)
    assert (now.settled_on, now.version) == (before.settled_on, before.version), "a person decides"
    today_page = person.get("desk:today").content.decode()
    assert reverse("disputes:follow_up_judge", args=[survey.pk]) in today_page
    judged = person.post(
        "disputes:follow_up_judge", survey.pk, reopen="true", due_on=ahead(5), reason="Called them"
    )
    assert (judged.status_code, fresh(dispute).settled_on) == (302, None)
    assert fresh(survey).reopened


def test_a_link_is_opened_as_messengers_send_it(
    city: City, person: Person, dispute: Dispute, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the full stop behind it, in capitals; a character too few or too many, or another one, opens nothing."""
    survey = FollowUpFactory(dispute=dispute, enterprise=dispute.enterprise, planned_on=today(), way="survey")
    within_one_minute(monkeypatch)
    token, _before = sent(person, survey), fresh(dispute)
    wrong = ("1" if token[0] == "0" else "0") + token[1:]
    opened = {
        text: Client().get(f"/l/{text}/").status_code
        for text in (token, f"{token}.", f"{token}。", f"{token})", token.upper(), f" {token}")
    }
    assert set(opened.values()) == {200}, opened
    closed = {
        text: Client().get(f"/l/{text}/").status_code
        for text in (token[:-1], f"{token}a", f"{token}0.", wrong, f"x{token}")
    }
    assert set(closed.values()) == {404}, closed
    settings.LINKS_PER_MINUTE = len(opened) + 1  # the link itself was opened so often
    for _wrong in range(len(opened) + 2):  # somebody behind the same address tries links that do not exist
        last = Client().get(f"/l/{wrong}/", REMOTE_ADDR="203.0.113.9").status_code
    assert last == 429
    answers = [Client().get(f"/l/{token}/", REMOTE_ADDR="203.0.113.9") for _again in range(2)]
    assert [each.status_code for each in answers] == [200, 429]
    assert "works again in a minute" in answers[1].content.decode()
    assert not answers[1].cookies


def test_a_withdrawn_or_expired_link_shows_nothing(city: City, person: Person, dispute: Dispute) -> None:
    survey = FollowUpFactory(dispute=dispute, enterprise=dispute.enterprise, planned_on=today(), way="survey")
    first = sent(person, survey)
    second = sent(person, survey)
    assert Client().get(reverse("links:link", args=[first])).status_code == 404
    assert Client().get(reverse("links:link", args=[second])).status_code == 200
    assert person.post("disputes:follow_up_survey_withdraw", survey.pk).status_code == 302
    assert answer_of(Client(), second, kept="yes", satisfied="yes").status_code == 404
    third = sent(person, survey)
    assert person.post("disputes:follow_up_drop", survey.pk, reason="They moved away").status_code == 302
    assert Client().get(reverse("links:link", args=[third])).status_code == 404
    assert all(each.answered_at is None for each in rows(SignedLink, city.first))
    assert digest_of(third) == rows(SignedLink, city.first)[-1].token_digest


def test_an_answer_of_a_voided_dispute_is_not_asked_for_ever(
    city: City, person: Person, dispute: Dispute, caplog: Any
) -> None:
    survey = FollowUpFactory(dispute=dispute, enterprise=dispute.enterprise, planned_on=today(), way="survey")
    token = sent(person, survey)
    chief(city.first).act(void_dispute, id=dispute.pk, version=None, reason="Recorded twice")
    assert answer_of(Client(), token, kept="no", satisfied="no", said="").status_code == 200
    assert (take_answers(city.bureau.pk), take_answers(city.bureau.pk)) == (1, 0)
    assert fresh(survey).done_on is None
    assert "was not read" not in caplog.text


def test_a_dispute_is_closed_once_all_is_followed_up(city: City, person: Person, dispute: Dispute) -> None:
    call = FollowUpFactory(dispute=dispute, enterprise=dispute.enterprise, planned_on=ago(2))
    refused = person.post("disputes:close", dispute.pk, version=1, closed_on=today())
    assert fresh(dispute).closed_on is None, refused
    assert str(call.planned_on) in person.get("disputes:detail", dispute.pk).content.decode()
    person.post("disputes:follow_up_drop", call.pk, reason="The enterprise has closed down")
    assert person.post("disputes:close", dispute.pk, version=1, closed_on=ago(80)).status_code == 422
    assert person.post("disputes:close", dispute.pk, version=1, closed_on=ago(1)).status_code == 302
    now = fresh(dispute)
    assert (now.state, now.settled_on, now.closed_on) == ("closed", ago(70), ago(1))
    given = {"reopened_on": today(), "due_on": ahead(3), "reason": "They fight again"}
    assert person.post("disputes:reopen", dispute.pk, version=2, **given).status_code == 302
    now = fresh(dispute)
    assert (now.state, now.settled_on, now.closed_on) == ("open", None, None)
    assert [str(now.state_on(day)) for day in (ago(71), ago(2), ago(1))] == ["open", "settled", "closed"]


def test_its_papers_say_what_was_found(city: City, person: Person, dispute: Dispute) -> None:
    PartyFactory(dispute=dispute, enterprise=dispute.enterprise)
    said = "一期迟付，陈建国说，13800000731"
    done = {"done_on": ago(3), "reached": True, "satisfied": "partly", "relapse": False, "said": said}
    call = FollowUpFactory(dispute=dispute, enterprise=dispute.enterprise, planned_on=ago(3), **done)
    record = words_of(person.get("disputes:follow_up_record", call.pk).content)
    for words in ("基本满意", "一期迟付", "电话", dispute.summary):
        assert words in record
    assert "陈**说" in record
    assert not [each for each in ("陈建国", "13800000731") if each in record]
    cover = words_of(person.get("disputes:cover", dispute.pk).content)
    assert ago(3).isoformat() in cover
    assert "矛盾纠纷回访记录" in cover
    assert str(person.user) in cover, "the liaison officer leads what nobody was named for"


def test_the_part_costs_the_page_two_statements_at_most(city: City, person: Person, dispute: Dispute) -> None:
    def load() -> int:
        actor = person.actor
        with station_scope(actor.scope()), CaptureQueriesContext(connection) as found:
            FollowUps().load(actor, dispute)
        return len(found)

    assert load() == 1
    for day in range(9):
        FollowUpFactory(dispute=dispute, enterprise=dispute.enterprise, planned_on=ahead(day), way="survey")
    assert load() == 2


def test_a_merged_file_counts_as_long_as_the_one_it_stands_in(city: City, dispute: Dispute) -> None:
    """Its follow-ups are measured with the file that survives, and drop out with it."""
    first = DisputeFactory(
        enterprise=dispute.enterprise, voided_at=timezone.now(), void_reason="Same", merged_into_id=dispute.pk
    )
    FollowUpFactory(dispute=first, enterprise=dispute.enterprise, planned_on=today())

    def due() -> int:
        with scope_of(city.first, audience=Audience.SYSTEM):
            return sum(row["follow_ups_due"] for row in sources["follow_ups"].query(Period.of(today())))

    def offered() -> int:
        running = Running(dispute.enterprise_id, Period.of(today()), today(), {})
        with scope_of(city.first, audience=Audience.SYSTEM):
            return len(list(acts["follow_up"].steps(running)))

    assert (due(), offered()) == (1, 1)
    chief(city.first).act(void_dispute, id=dispute.pk, version=None, reason="Never happened")
    assert (due(), offered()) == (0, 0)


def test_a_dispute_is_not_closed_while_its_agreement_is_to_be_paid(
    city: City, person: Person, dispute: Dispute
) -> None:
    agreement = AgreementFactory(enterprise=dispute.enterprise, dispute=dispute)
    InstalmentFactory(enterprise=dispute.enterprise, agreement=agreement)
    person.post("disputes:close", dispute.pk, version=1, closed_on=today())
    assert fresh(dispute).closed_on is None
