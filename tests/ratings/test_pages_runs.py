"""Runs and standards over HTTP: starting, correcting, comparing, publishing, adopting."""

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from enterprises.operations import set_inactive
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry, Bureau, User
from foundation.periods import Period
from foundation.tenancy.scope import Audience
from foundation.ui.templatetags.anqi import file_url
from inspections.models import Hazard
from ratings import late as late_page
from ratings.choices import AuditAction
from ratings.models import Adoption, Evaluation, Standard
from ratings.operations import run_evaluation
from ratings.operations.evaluations import bureau_actor
from ratings.operations.standards import shipped_standards
from ratings.tasks import look_for_late
from tests.factories import EnterpriseFactory, HazardFactory, InspectionFactory
from tests.facts.people import Person
from tests.fixtures import City, scope_of_bureau
from tests.isolation.test_fragments import results_in
from tests.ratings.conftest import failing
from tests.ratings.test_pages import EARLIER, LATER, SMALL, Town, adopt, page, people, rate, town

__all__ = ["people", "town"]  # fixtures


def standard_of(town: Town, code: str) -> Standard:
    with scope_of_bureau(town.city.bureau):
        return Standard.objects.filter(bureau=town.city.bureau, code=code).latest("version")


def test_a_run_shows_its_figures(town: Town) -> None:
    run = town.run()
    told = page(town.clients["officer"], "run", run.pk)
    assert run.digest in told
    assert "Facts that came late" in told
    assert "Quarterly evaluation" in page(town.clients["officer"], "runs")
    answer = town.clients["officer"].get(
        reverse("ratings:run_progress", args=[run.pk]), headers={"hx-request": "true"}
    )
    assert answer.headers["HX-Refresh"] == "true"  # complete: the page is loaded again and stops asking


def test_the_supervisor_starts_a_trial_and_compares(
    town: Town, django_capture_on_commit_callbacks: Any
) -> None:
    client, standard = town.clients["supervisor"], standard_of(town, "default")
    with django_capture_on_commit_callbacks() as woken:
        answer = client.post(
            reverse("ratings:run_create"), {"period": LATER.code.lower(), "standard": standard.pk}
        )
    assert len(woken) == 1
    trial = town.run(kind="trial")
    assert answer.headers["Location"] == reverse("ratings:run", args=[trial.pk])
    waiting = page(client, "run", trial.pk)
    assert reverse("ratings:run_progress", args=[trial.pk]) in waiting
    assert 'hx-trigger="every 1s"' in page(client, "run_progress", trial.pk)
    assert run_evaluation(bureau_id=town.city.bureau.pk, evaluation_id=trial.pk) == "complete"
    compared = client.get(reverse("ratings:run", args=[trial.pk])).context["compared"]
    assert compared.total == 3
    whole = page(client, "run", trial.pk)
    assert "Compared with the official colours" in whole
    address = reverse("ratings:run", args=[trial.pk])
    part = client.get(address, headers={"HX-Request": "true", "HX-Target": "results"}).content.decode()
    assert results_in(part) == results_in(whole) != ""
    assert "Compared with the official colours" not in part
    assert ('id="results"' in part) == ('id="results"' in whole)
    own = town.clients["officer"].get(reverse("ratings:run", args=[trial.pk]))
    assert own.context["compared"].total == 2
    assert "Neighbour Nursery" not in own.content.decode()


def test_the_list_says_who_started_a_run_and_how_long_it_took(town: Town) -> None:
    client = town.clients["supervisor"]
    client.post(
        reverse("ratings:run_create"), {"period": LATER.code, "standard": standard_of(town, "default").pk}
    )
    client.get(reverse("ratings:runs"))
    with CaptureQueriesContext(connection) as queries:
        listed = page(client, "runs")
    assert str(User.objects.get(username="supervisor")) in listed
    assert "automatic" in listed, "the quarters that beat rated"
    took_s = town.run(kind="regular").duration_s
    assert f"{took_s:.1f} s" in listed
    assert len([each for each in queries if "accounts_user" in each["sql"]]) <= 2, "all names at once"
    assert len(queries) <= 12


def test_a_form_sent_twice_starts_one_run(town: Town, django_capture_on_commit_callbacks: Any) -> None:
    client, address = town.clients["supervisor"], reverse("ratings:run_create")
    key = client.get(address).context["form"]["form_key"].value()
    sent = {"period": LATER.code, "standard": standard_of(town, "default").pk, "form_key": str(key)}
    with django_capture_on_commit_callbacks(execute=True):
        first = client.post(address, sent).headers["Location"]
    again = client.post(address, sent).headers["Location"]
    assert first == again
    with scope_of_bureau(town.city.bureau):
        assert Evaluation.objects.filter(bureau=town.city.bureau, kind="trial").count() == 1


def test_a_quarter_is_rated_once(town: Town) -> None:
    answer = town.clients["supervisor"].post(
        reverse("ratings:run_create"),
        {"period": LATER.code, "standard": standard_of(town, "hazards-only").pk},
    )
    assert answer.headers["Location"] == reverse("ratings:run", args=[town.run().pk])
    with scope_of_bureau(town.city.bureau):
        assert Evaluation.objects.filter(bureau=town.city.bureau).count() == 2


@pytest.mark.parametrize(
    ("rates_from", "first"), [("", "2025Q1"), ("2026Q1", "2025Q1"), ("2024Q3", "2024Q3")]
)
def test_a_mistyped_year_makes_no_official_evaluation(town: Town, rates_from: str, first: str) -> None:
    Bureau.objects.filter(pk=town.city.bureau.pk).update(rates_from=rates_from)
    EnterpriseFactory(station=town.city.first, registered_on=None)  # an empty register is not rated
    client, url = town.clients["supervisor"], reverse("ratings:run_create")
    adopted = standard_of(town, "hazards-only").pk
    for code in ("2010Q1", Period.parse(first).shift(-1).code):
        answer = client.post(url, {"period": code, "standard": adopted})
        assert answer.status_code == 422
        words = answer.context["form"].errors["period"][0]
        assert str(Period.parse(first)) in words
        assert "trial" in words
    with scope_of_bureau(town.city.bureau):
        assert Evaluation.objects.filter(bureau=town.city.bureau).count() == 2
    assert client.post(url, {"period": first, "standard": adopted}).status_code == 302
    trial = client.post(url, {"period": "2010Q1", "standard": standard_of(town, "default").pk})
    assert trial.status_code == 302
    assert client.get(trial.headers["Location"]).status_code == 200


def test_a_bureau_never_rated_starts_at_its_first_inspection(city: City, people: dict[str, Client]) -> None:
    adopt(city.bureau, "hazards-only")
    with scope_of_bureau(city.bureau):
        standard = Standard.objects.get(bureau=city.bureau, code="hazards-only")
    inspection = InspectionFactory(
        enterprise=EnterpriseFactory(station=city.second, registered_on=None),
        inspected_on=dt.date(2024, 5, 3),
    )
    InspectionFactory(enterprise=inspection.enterprise, inspected_on=dt.date(2025, 5, 3))
    client, url = people["supervisor"], reverse("ratings:run_create")
    refused = client.post(url, {"period": "2024Q1", "standard": standard.pk})
    assert refused.status_code == 422
    assert "Q2 2024" in refused.context["form"].errors["period"][0]
    assert client.post(url, {"period": "2024Q2", "standard": standard.pk}).status_code == 302


@pytest.mark.parametrize("period", ["2026Q9", "", "\x00", "0000Q1", "9999Q4", "2099Q4", "x" * 400, "2025Q1'"])
def test_an_invalid_quarter_is_reported_at_the_field(town: Town, period: str) -> None:
    answer = town.clients["supervisor"].post(
        reverse("ratings:run_create"), {"period": period, "standard": standard_of(town, "hazards-only").pk}
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors["period"]


def test_both_faults_of_a_run_are_told(town: Town) -> None:
    answer = town.clients["supervisor"].post(
        reverse("ratings:run_create"), {"period": "2099Q1", "standard": ""}
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"period", "standard"}
    assert "has not ended yet" in answer.context["form"].errors["period"][0]


def test_a_foreign_standard_is_refused(town: Town) -> None:
    foreign = rate(town.city.other_bureau, EARLIER).standard_id
    for standard in (foreign, 10**30, "x", "\x00"):
        answer = town.clients["supervisor"].post(
            reverse("ratings:run_create"), {"period": "2024Q4", "standard": standard}
        )
        assert answer.status_code == 422
        assert answer.context["form"].errors["standard"]


def test_late_facts_become_revisions(town: Town, django_capture_on_commit_callbacks: Any) -> None:
    client, run = town.clients["supervisor"], town.run()
    assert "No fact came late" in page(client, "run_late", run.pk)
    HazardFactory(enterprise=town.steady, found_on="2025-05-01", due_on="2025-05-10")
    late = page(client, "run_late", run.pk)
    assert "Steady Stores" in late
    assert "Hazards overdue on the last day" in late
    assert reverse("ratings:run_correct", args=[run.pk]) in late
    assert reverse("ratings:run_correct", args=[run.pk]) not in page(
        town.clients["officer"], "run_late", run.pk
    )

    url = reverse("ratings:run_correct", args=[run.pk])
    assert client.post(url, {"reason": " "}).status_code == 422
    with django_capture_on_commit_callbacks() as woken:
        assert client.post(url, {"reason": "The record came late."}).status_code == 302
    assert len(woken) == 1
    correction = town.run(kind="correction")
    run_evaluation(bureau_id=town.city.bureau.pk, evaluation_id=correction.pk)
    told = page(client, "rating", town.steady.pk, LATER.code)
    assert "The record came late." in told
    manager = Person(Role.SECURITY_MANAGER, enterprise=town.steady)
    told = manager.get("portal:my_enterprise").content.decode()
    assert "Correction" in told
    assert "The record came late." not in told  # the reason is for the police only
    figures = client.get(reverse("ratings:warning")).context["figures"]
    assert (figures.total, figures.overdue) == (3, 2)  # only the latest revision counts
    assert client.post(url, {"reason": "Again."}).status_code == 422  # no fact is late any more
    page(client, "run_correct", correction.pk, status=404)


def test_who_joined_or_left_late_is_named_and_corrected(
    town: Town, django_capture_on_commit_callbacks: Any
) -> None:
    client, run = town.clients["supervisor"], town.run()
    with scope_of_bureau(town.city.bureau):
        actor = bureau_actor(town.city.bureau.pk)
        joined = EnterpriseFactory(station=town.city.first, name="Latecomer Mill")
        set_inactive(
            actor=actor,
            enterprise_id=town.steady.pk,
            kind="closed",
            from_on=LATER.end,
            reason="Closed",
        )
    late = page(client, "run_late", run.pk)
    assert "2 enterprises would be rated differently today" in late
    assert "On the register on the last day" in late
    assert f'href="{file_url(joined.pk)}"' in late  # no rating to lead to yet
    assert reverse("ratings:rating", args=[town.steady.pk, LATER.code]) in late
    with django_capture_on_commit_callbacks():
        client.post(reverse("ratings:run_correct", args=[run.pk]), {"reason": "The closing came late."})
    run_evaluation(bureau_id=town.city.bureau.pk, evaluation_id=town.run(kind="correction").pk)
    withdrawn = page(client, "rating", town.steady.pk, LATER.code)
    assert f"It was not on the register on {LATER.end}. A correction withdrew the rating." in withdrawn
    assert "Latecomer Mill" in page(client, "rating", joined.pk, LATER.code)
    own = Person(Role.SECURITY_MANAGER, enterprise=town.steady).get("portal:my_enterprise")
    assert "not on the register on the last day" in own.content.decode()
    assert "No fact came late" in page(client, "run_late", run.pk)


def test_a_failed_run_is_restarted(town: Town, django_capture_on_commit_callbacks: Any) -> None:
    client = town.clients["supervisor"]
    complete = town.run()
    client.post(reverse("ratings:run_restart", args=[complete.pk]))
    assert town.run().is_complete  # refused, because it has not failed
    client.post(
        reverse("ratings:run_create"), {"period": LATER.code, "standard": standard_of(town, "default").pk}
    )
    run = town.run(kind="trial")
    with failing("division by zero"):
        assert run_evaluation(bureau_id=town.city.bureau.pk, evaluation_id=run.pk) == "failed"
    url = reverse("ratings:run_restart", args=[run.pk])
    shown = page(client, "run", run.pk)
    assert "The run stopped and changed no colour" in shown
    assert "division by zero" in shown
    assert "Restart the run" not in page(town.clients["officer"], "run", run.pk)
    assert client.get(url).status_code == 405
    with django_capture_on_commit_callbacks() as woken:
        client.post(url)
    assert len(woken) == 1
    assert town.run(kind="trial").state == "open"
    assert run_evaluation(bureau_id=town.city.bureau.pk, evaluation_id=run.pk) == "complete"


# --- standards ----------------------------------------------------------------------------------------------------


def test_a_standard_reads_as_sentences(town: Town) -> None:
    told = page(town.clients["officer"], "standard", standard_of(town, "default").pk)
    for words in (
        "Major hazard overdue for more than 30 days",
        "1 point lost for each of",
        "Up one step a quarter",
        "every 7 days",
        "A group below 60% of its points: at most yellow (F1).",
    ):
        assert words in told
    assert "adopted" in page(town.clients["officer"], "standards")


def test_a_new_version_is_published_and_adopted(town: Town) -> None:
    client = town.clients["supervisor"]
    text = SMALL.replace("green = 85", "green = 90").replace("\n", "\r\n")
    answer = client.post(reverse("ratings:standard_create"), {"text": text})
    standard = standard_of(town, "hazards-only")
    assert answer.headers["Location"] == reverse("ratings:standard", args=[standard.pk])
    assert standard.version == 2
    assert "\r" not in standard.body
    assert "Adopt" in page(client, "standard_adopt", standard.pk)
    assert client.post(reverse("ratings:standard_adopt", args=[standard.pk])).status_code == 302
    with scope_of_bureau(town.city.bureau, Audience.SYSTEM):
        assert Adoption.objects.get(bureau=town.city.bureau, until_at=None).standard_id == standard.pk
        acts = set(AuditEntry.objects.filter(bureau_id=town.city.bureau.pk).values_list("action", flat=True))
    assert {AuditAction.PUBLISH_STANDARD, AuditAction.ADOPT_STANDARD} <= acts
    with scope_of_bureau(town.city.bureau):
        before = Standard.objects.get(bureau=town.city.bureau, code="hazards-only", version=1)
    coming = Period.of(timezone.localdate()).shift(1)
    client.post(reverse("ratings:standard_adopt", args=[before.pk]), {"from_quarter": coming.code})
    for place in (
        page(client, "standard", before.pk),
        page(client, "standards"),
        page(client, "standard", standard.pk),
    ):
        assert str(coming) in place
    refused = client.post(reverse("ratings:standard_adopt", args=[before.pk]), {"from_quarter": "2001Q1"})
    assert refused.status_code == 422


def test_every_problem_of_a_text_is_reported(people: dict[str, Client], city: City) -> None:
    text = SMALL.replace("green = 85", "green = 10").replace('rule = "rate"', 'rule = "guess"')
    answer = people["supervisor"].post(reverse("ratings:standard_create"), {"text": text})
    assert answer.status_code == 422
    problems = answer.context["form"].errors["text"]
    assert len(problems) >= 2
    assert "guess" in answer.content.decode()  # what was typed is kept
    with scope_of_bureau(city.bureau):
        assert not Standard.objects.filter(bureau=city.bureau).exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "not toml [",
        "code = 1",
        "groups = 1",
        "[" * 3000,
        "a = " + "[" * 5000,
        "x = 1\n" * 10,
        SMALL.replace("Hazards only", "x" * 500),
        SMALL.replace("Hazards only", "\\u0000"),
        SMALL.replace('code = "hazards-only"', 'code = "' + "h" * 400 + '"'),
        SMALL.replace("points = 50", "points = 1e400"),
        SMALL.replace("points = 50", "points = nan"),
        SMALL.replace("green = 85", "green = [85]"),
        SMALL.replace('code = "HV"', 'code = "HV-VERY-LONG-CODE"'),
        SMALL + "\n[cycle]\ngreen = 99999999999\n",
        "x" * 300_000,
    ],
)
def test_no_text_breaks_the_page(people: dict[str, Client], text: str) -> None:
    answer = people["supervisor"].post(reverse("ratings:standard_create"), {"text": text})
    assert answer.status_code == 422
    assert answer.context["form"].errors


def test_a_file_takes_the_place_of_the_text(people: dict[str, Client], city: City) -> None:
    url = reverse("ratings:standard_create")
    binary = SimpleUploadedFile("standard.toml", b"\xff\xfe\x00")
    assert people["supervisor"].post(url, {"file": binary}).context["form"].errors["file"]
    good = SimpleUploadedFile("standard.toml", b"\xef\xbb\xbf" + SMALL.encode())
    assert people["supervisor"].post(url, {"text": "nonsense", "file": good}).status_code == 302
    with scope_of_bureau(city.bureau):
        assert Standard.objects.get(bureau=city.bureau).code == "hazards-only"


def test_pages_of_unknown_ids_are_not_found(people: dict[str, Client]) -> None:
    for name in ("run", "run_progress", "run_late", "run_correct", "standard", "standard_adopt"):
        page(people["supervisor"], name, 10**30, status=404)


def test_the_records_behind_a_measure_have_a_tab() -> None:
    from foundation.contributions import measures
    from foundation.contributions.file import tabs

    assert {source.tab for source in measures.sources.values()} <= {tab.code for tab in tabs}
    assert Hazard in {source.model for source in measures.sources.values()}


def test_a_text_that_is_published_already_says_so(town: Town) -> None:
    client, url = town.clients["supervisor"], reverse("ratings:standard_create")
    for code, words in (
        ("hazards-only", "identical to version 1, which is in force"),
        ("default", "identical to version 1. Nothing"),
    ):
        standard = standard_of(town, code)
        answer = client.post(url, {"text": standard.body}, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("ratings:standard", args=[standard.pk])
        told = answer.content.decode()
        assert words in told
        assert "is published." not in told
    with scope_of_bureau(town.city.bureau):
        assert Standard.objects.filter(bureau=town.city.bureau).count() == len(shipped_standards())


def test_a_shipped_standard_that_is_not_published_is_offered(people: dict[str, Client]) -> None:
    """To who may publish, and with its text; one that the bureau has is not."""
    url = reverse("ratings:standard_create")
    offer = f"{url}?shipped="
    people["supervisor"].post(url, {"text": SMALL})
    told = page(people["supervisor"], "standards")
    assert f'href="{offer}default-2"' in told
    assert f'href="{offer}hazards-only"' not in told
    assert offer not in page(people["officer"], "standards")
    form = people["supervisor"].get(f"{offer}default-2").context["form"]
    assert form.initial["text"] == shipped_standards()["default-2"]


def test_a_standard_is_named_in_the_language_of_the_reader(town: Town) -> None:
    client, standard, run = town.clients["supervisor"], standard_of(town, "default"), town.run()
    client.post(reverse("ratings:run_create"), {"period": LATER.code, "standard": standard.pk})
    pages = [
        ("standard", standard.pk, "三色预警默认标准", "Default three-colour standard"),
        ("standards", None, "三色预警默认标准", "Default three-colour standard"),
        ("runs", None, "三色预警默认标准", "Default three-colour standard"),
        (
            "run",
            run.pk,
            "三色预警默认标准",
            "Default three-colour standard",
        ),  # among the runs of the same quarter
    ]
    for name, pk, chinese, english in pages:
        for language, there, not_there in (("zh-hans", chinese, english), ("en", english, chinese)):
            url = reverse(f"ratings:{name}", args=[pk] if pk else [])
            told = client.get(url, headers={"accept-language": language}).content.decode()
            told = told.partition("<pre")[0]  # the text of the standard itself has both languages
            assert there in told, (name, language)
            assert not_there not in told, (name, language)


def test_a_trial_shows_who_is_missing_in_the_official_run(town: Town) -> None:
    EnterpriseFactory(station=town.city.second, name="Late Laundry", registered_on=None)
    client = town.clients["supervisor"]
    trial = rate(town.city.bureau, LATER, standard_of(town, "default"))
    answer = client.get(reverse("ratings:run", args=[trial.pk]))
    assert (answer.context["compared"].total, answer.context["compared"].alone) == (3, 1)
    assert "1 enterprise in the trial is not in the official run" in answer.content.decode()
    assert "not in the official run" not in page(
        town.clients["officer"], "run", trial.pk
    )  # of another station


def test_a_worker_looks_for_late_facts_of_a_large_bureau(
    town: Town, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    cache.clear()
    client, run = town.clients["supervisor"], town.run()
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(late_page, "LARGE", 1)
    monkeypatch.setattr(look_for_late, "delay", lambda *arguments: sent.append(arguments))
    for _asked in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            waiting = page(client, "run_late", run.pk)
        assert reverse("ratings:run_late", args=[run.pk]) in waiting  # the page asks again by itself
    assert sent == [(run.bureau_id, run.pk)]  # one worker is asked
    # a station has few, so they are counted at once
    assert "No fact came late" in page(town.clients["officer"], "run_late", run.pk)
    look_for_late(*sent[0])
    told = page(client, "run_late", run.pk)
    assert "No fact came late" in told
    assert "Counted at" in told
