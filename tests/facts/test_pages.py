"""The five pages of every kind of fact over HTTP: response, database and log together."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import EnterpriseFactory
from tests.facts.people import (
    ACTIVITY,
    NOUNS,
    SELF_CHECK,
    Noun,
    ago,
    ahead,
    fresh,
    log,
    manager,
    officer,
    rows,
    supervisor,
)
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db
each_noun = pytest.mark.parametrize("noun", NOUNS, ids=str)


@each_noun
def test_a_new_record_is_saved_and_logged_only_for_a_visible_enterprise(noun: Noun, city: City) -> None:
    ours, theirs = EnterpriseFactory(station=city.first), EnterpriseFactory(station=city.second)
    person = officer(city.first)

    refused = person.post(noun.create, **noun.valid(enterprise=theirs.pk))

    assert refused.status_code == 422
    assert "not on your register" in refused.content.decode()
    assert 'class="picker is-invalid"' in refused.content.decode()  # without it Bootstrap hides the words
    assert rows(noun.model, city.first) == rows(noun.model, city.second) == []
    assert log(city.second, action__endswith=".create") == []

    answer = person.post(noun.create, **noun.valid(enterprise=ours.pk))

    assert answer.status_code == 302, answer.content.decode()
    (fact,) = rows(noun.model, city.first)
    assert answer.url.endswith(f"/{fact.pk}/")
    assert (fact.enterprise_id, fact.recorded_by_id, fact.issued_by_station_id) == (
        ours.pk,
        person.user.pk,
        city.first.pk,
    )
    (entry,) = log(city.first, object_id=fact.pk, object_type=str(noun))
    assert (entry.action, entry.actor_id, entry.enterprise_id) == (f"{noun}.create", person.user.pk, ours.pk)
    assert person.get(noun.detail, fact.pk).status_code == 200


@each_noun
def test_records_of_another_station_are_not_found(noun: Noun, city: City) -> None:
    theirs = noun.factory(enterprise__station=city.second)
    stranger, own = officer(city.first), officer(city.second)
    for name in (noun.detail, noun.correct, noun.void):
        assert own.get(name, theirs.pk).status_code == 200
        assert stranger.get(name, theirs.pk).status_code == 404
    data = noun.valid(version=theirs.version, reason="mine now")
    assert stranger.post(noun.correct, theirs.pk, **data).status_code == 404
    assert stranger.post(noun.void, theirs.pk, **data).status_code == 404
    assert fresh(theirs).version == theirs.version
    assert theirs.enterprise.name in own.get(noun.list, **noun.everything).content.decode()
    assert theirs.enterprise.name not in stranger.get(noun.list, **noun.everything).content.decode()
    found = stranger.get("enterprises:pick_enterprise", q=theirs.enterprise.name[:9]).content.decode()
    assert theirs.enterprise.name not in found


@each_noun
def test_a_correction_needs_a_reason_and_keeps_the_old_values_in_the_log(noun: Noun, city: City) -> None:
    fact = noun.factory(enterprise__station=city.first)
    person = officer(city.first)
    field, value = noun.change
    data = noun.valid(version=fact.version, **{field: value})

    refused = person.post(noun.correct, fact.pk, **data, reason="  ")

    assert refused.status_code == 422
    assert value in refused.content.decode(), "what was typed is lost"
    assert fresh(fact).version == 1
    assert log(city.first, action=f"{noun}.correct") == []

    answer = person.post(noun.correct, fact.pk, **data, reason="Typed wrongly")

    assert answer.status_code == 302, answer.content.decode()
    assert (getattr(fresh(fact), field), fresh(fact).version) == (value, 2)
    (entry,) = log(city.first, action=f"{noun}.correct")
    assert (entry.reason, entry.before[field], entry.after[field]) == (
        "Typed wrongly",
        getattr(fact, field),
        value,
    )
    assert "Typed wrongly" in person.get(noun.detail, fact.pk).content.decode()


@each_noun
def test_the_later_of_two_officers_is_warned_and_loses_nothing(noun: Noun, city: City) -> None:
    fact = noun.factory(enterprise__station=city.first)
    quick, slow = officer(city.first, "Quick Qian"), officer(city.first, "Slow Shen")
    field, value = noun.change
    quick.post(noun.correct, fact.pk, **noun.valid(version=1, reason="first"))
    assert fresh(fact).version == 2

    late = slow.post(noun.correct, fact.pk, **noun.valid(version=1, reason="my own reason", **{field: value}))

    page = late.content.decode()
    assert late.status_code == 422
    assert "Quick Qian" in page
    assert value in page
    assert "my own reason" in page
    assert 'name="version" value="2"' in page
    assert fresh(fact).version == 2
    assert len(log(city.first, action=f"{noun}.correct")) == 1

    again = slow.post(
        noun.correct, fact.pk, **noun.valid(version=2, reason="my own reason", **{field: value})
    )
    assert again.status_code == 302
    assert getattr(fresh(fact), field) == value


@each_noun
def test_a_voided_record_leaves_the_list_and_stays_in_the_log_for_good(noun: Noun, city: City) -> None:
    fact = noun.factory(enterprise__station=city.first)
    person = officer(city.first)

    assert person.post(noun.void, fact.pk, version=1, reason="").status_code == 422
    assert fresh(fact).voided_at is None

    dialog = person.post(noun.void, fact.pk, htmx=True, version=1, reason="Wrong enterprise")

    assert dialog.headers["HX-Redirect"].endswith(f"/{fact.pk}/")
    assert fresh(fact).voided_at is not None
    assert [entry.reason for entry in log(city.first, action=f"{noun}.void")] == ["Wrong enterprise"]
    assert fact.enterprise.name not in person.get(noun.list, **noun.everything).content.decode()
    assert fact.enterprise.name in person.get(noun.list, **noun.everything, voided="on").content.decode()
    assert "Wrong enterprise" in person.get(noun.detail, fact.pk).content.decode()

    again = person.post(noun.correct, fact.pk, **noun.valid(version=2, reason="back again"))
    assert again.status_code == 302
    assert any("voided" in str(message) for message in get_messages(again.wsgi_request))
    assert person.post(noun.void, fact.pk, version=2, reason="twice").status_code == 422
    assert fresh(fact).version == 2


@each_noun
def test_an_impossible_day_is_refused_at_its_field(noun: Noun, city: City) -> None:
    ours = EnterpriseFactory(station=city.first)
    person = officer(city.first)
    for day in (ahead(1), ago(365 * 60)):
        data = noun.valid(enterprise=ours.pk) | {noun.day: day.isoformat()}
        answer = person.post(noun.create, **data)
        assert answer.status_code == 422
        assert noun.day in answer.context["form"].errors
        assert day.isoformat() in answer.content.decode()
    assert rows(noun.model, city.first) == []


NONSENSE = [
    "",
    "nonsense",
    "\x00",
    "-1",
    "9" * 400,
    "2026-13-45",
    "ü" * 5000,
    "1e999",
    "NaN",
    "<script>alert(1)</script>",
    "null",
]


@each_noun
def test_invalid_input_never_breaks_a_page(noun: Noun, city: City) -> None:
    """Each kind of nonsense in all fields at once; in one field of an otherwise valid form by turns, on both pages."""
    fact = noun.factory(enterprise__station=city.first)
    person, turn = officer(city.first), NOUNS.index(noun)
    fields = {*noun.valid(), "enterprise", "version", "reason"}
    for number, junk in enumerate(NONSENSE, start=turn):
        everything = dict.fromkeys(fields, junk)
        assert person.post(noun.create, **everything).status_code == 422
        assert person.post((noun.correct, noun.void)[number % 2], fact.pk, **everything).status_code == 422
        if number % 3:
            continue
        assert person.get(noun.create, **everything).status_code == (
            404 if junk else 200
        )  # no such enterprise
        shown = {name: junk for name in everything if name != "enterprise"}
        for name in (noun.create, noun.list):
            asked = shown | dict.fromkeys(("page", "sort", "q", "voided", "station"), junk)
            assert person.get(name, **asked).status_code == 200
        assert person.get(noun.list, state=junk).status_code in (200, 404)  # a tab that does not exist
    for page in ((noun.create,), (noun.correct, fact.pk)):
        for number, field in enumerate(sorted(fields), start=turn + 5 * len(page)):
            junk = NONSENSE[number % len(NONSENSE)]
            data = noun.valid(enterprise=fact.enterprise_id, version=1, reason="because") | {field: junk}
            assert person.post(*page, **data).status_code in (302, 422)
    assert person.get(noun.detail, 2**63 - 1).status_code == 404
    assert person.client.get(f"{noun_path(noun, fact)}{'9' * 30}/").status_code == 404


def noun_path(noun: Noun, fact: object) -> str:
    from django.urls import reverse

    return reverse(noun.list)


# an inspection's plan, check-in, signatures, paper, reply and obstructions stand on one page, each in one statement; so do
# a dispute's parties, ways, sessions, agreement, follow-ups, risk, papers and what its enterprises told
STATEMENTS_OF = {"inspections:inspection": 23, "disputes:detail": 23}


@each_noun
def test_pages_cost_the_same_with_five_and_with_fifty_rows(noun: Noun, city: City) -> None:
    inspector, boss = officer(city.first), supervisor(city.bureau)
    counts: dict[tuple[str, str], list[int]] = {}
    for size in (5, 45):
        for _ in range(size):
            fact = noun.factory(enterprise__station=city.first)
        for who, person in (("officer", inspector), ("supervisor", boss)):
            person.get(noun.list)  # the first request of a session saves it
            for name, args in ((noun.list, []), (noun.detail, [fact.pk])):
                with CaptureQueriesContext(connection) as queries:
                    assert person.get(name, *args, **({} if args else {"state": "all"})).status_code == 200
                counts.setdefault((who, name), []).append(len(queries))
    for (who, name), (few, many) in counts.items():
        assert few == many, (who, name)
        most = STATEMENTS_OF.get(name, 18)
        assert many <= (most if name == noun.detail else 12), (who, name, many)


@each_noun
def test_a_supervisor_reads_and_does_not_type(noun: Noun, city: City) -> None:
    fact = noun.factory(enterprise__station=city.second)
    boss = supervisor(city.bureau)
    new = f'href="{reverse(noun.create)}"'
    assert new in officer(city.first).get(noun.list).content.decode()
    assert new not in boss.get(noun.list).content.decode()
    assert boss.get(noun.detail, fact.pk).status_code == 200
    assert fact.enterprise.name in boss.get(noun.list, **noun.everything).content.decode()
    assert boss.get(noun.create).status_code == 403
    assert boss.post(noun.correct, fact.pk, **noun.valid(version=1, reason="no")).status_code == 403
    assert boss.post(noun.void, fact.pk, version=1, reason="no").status_code == 403
    assert fresh(fact).version == 1


@each_noun
def test_an_enterprise_sees_its_own_ledger_and_never_casework(noun: Noun, city: City) -> None:
    own = noun.factory(enterprise__station=city.first, note="Among ourselves")
    other = noun.factory(enterprise__station=city.first)
    person = manager(own.enterprise)
    if noun.model.hidden_until:
        assert person.get(noun.detail, own.pk).status_code == 404
        assert f"/{own.pk}/" not in person.get(noun.list, **noun.everything).content.decode()
        with scope_of(city.first):
            noun.model.objects.filter(pk__in=[own.pk, other.pk]).update(**{noun.model.hidden_until: ago(0)})
    assert "Among ourselves" in officer(city.first).get(noun.detail, own.pk).content.decode()
    if str(noun) in ("inspection", "dispute", "incident"):
        assert {person.get(noun.list).status_code, person.get(noun.detail, own.pk).status_code} == {403}
        return
    answer = person.get(noun.detail, own.pk)
    assert answer.status_code == 200
    assert "Among ourselves" not in answer.content.decode(), "notes are the police's"
    assert person.get(noun.detail, other.pk).status_code == 404
    page = person.get(noun.list, **noun.everything).content.decode()
    assert f"/{own.pk}/" in page
    assert f"/{other.pk}/" not in page
    assert person.get(noun.correct, own.pk).status_code in (302, 403)  # the police entered it
    if (
        noun.model.hidden_until or noun.model.shown_to_enterprise
    ):  # what the police examine is theirs to record
        assert person.get(noun.create).status_code == 403
        return

    answer = person.post(noun.create, **noun.valid(enterprise=other.enterprise_id))  # the form ignores the id
    assert answer.status_code == 302, answer.content.decode()
    newest = rows(noun.model, city.first)[-1]
    assert newest.enterprise_id == own.enterprise_id
    for query in (f"?enterprise={other.enterprise_id}", "?enterprise=0", "?enterprise=x"):
        assert person.post(noun.create, query=query, **noun.valid()).status_code == 404
        assert person.client.get(reverse(noun.create) + query).status_code == 404
    assert person.client.get(reverse(noun.create) + f"?enterprise={own.enterprise_id}").status_code == 200
    assert rows(noun.model, city.first)[-1].pk == newest.pk
    assert [entry.actor_id for entry in log(city.first, action=f"{noun}.create")] == [person.user.pk]


@pytest.mark.parametrize("noun", [SELF_CHECK, ACTIVITY], ids=str)
def test_an_enterprise_records_the_last_week_and_the_station_any_day(noun: Noun, city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    person = manager(enterprise)
    refused = person.post(noun.create, **noun.valid() | {noun.day: ago(8).isoformat()})
    assert refused.status_code == 422
    assert "Ask your police station to record anything older." in refused.content.decode()
    assert rows(noun.model, city.first) == []
    assert person.post(noun.create, **noun.valid() | {noun.day: ago(7).isoformat()}).status_code == 302
    older = noun.valid(enterprise=enterprise.pk) | {noun.day: ago(300).isoformat()}
    assert officer(city.first).post(noun.create, **older).status_code == 302
    assert len(rows(noun.model, city.first)) == 2
