"""The kit: the version that a form was shown with, and what becomes of the slower of two people."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from foundation.ui.views import TAKEN
from tests.facts.people import officer
from tests.fixtures import City
from tests.ui import pages
from tests.ui.test_kit import Commits, a_note, commits, field_of, notes

__all__ = ["commits", "notes"]
pytestmark = pytest.mark.django_db


def test_the_later_editor_sees_the_differences_and_may_go_on(city: City) -> None:
    person = officer(city.first)
    note = a_note(person)
    assert person.post("notes:edit", note.pk, words="Theirs", version=1).status_code == 302
    late = person.post("notes:edit", note.pk, words="Mine", version=1)
    page = late.content.decode()
    assert late.status_code == 422
    assert "Quick Qian was quicker. What you typed is kept below." in page
    assert late.context["others"] == [("words", "Theirs", "Mine")]
    assert (field_of(page, "version"), 'value="Mine"' in page) == ("2", True)
    assert note.words == "Theirs"
    assert person.post("notes:edit", note.pk, words="Mine", version=2).status_code == 302
    assert note.words == "Mine"


def test_a_version_may_be_a_mark_and_what_differs_is_found(city: City) -> None:
    person = officer(city.first)
    note = a_note(person)
    assert field_of(person.get("notes:marked", note.pk).content.decode(), "version") == "mark-1"
    assert person.post("notes:marked", note.pk, words="Theirs", version="mark-1").status_code == 302
    late = person.post("notes:marked", note.pk, words="Mine", version="mark-1")
    assert late.status_code == 422
    assert late.context["others"] == [("Words", "Theirs", "Mine")]
    assert field_of(late.content.decode(), "version") == "mark-2"
    assert person.post("notes:marked", note.pk, words="Mine", version="").status_code == 422
    assert note.words == "Theirs"


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 30])
def test_a_form_about_a_record_says_which_version_was_shown(version: str, city: City) -> None:
    person = officer(city.first)
    note = a_note(person)
    answer = person.post("notes:edit", note.pk, words="Mine", version=version)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["version"]
    assert pages.STORE.calls == []


def test_saving_three_times_from_one_form_is_no_conflict(city: City, commits: Commits) -> None:
    """As after "Back": the page still holds the version and the key it was shown with."""
    person = officer(city.first)
    note = a_note(person)
    key = field_of(person.get("notes:edit", note.pk).content.decode(), "form_key")
    for words in ("One", "Two", "Three"):
        with commits():
            answer = person.post("notes:edit", note.pk, words=words, version=1, form_key=key)
        assert answer.status_code == 302
        assert note.words == words
    marked = field_of(person.get("notes:marked", note.pk).content.decode(), "form_key")
    for words in ("Four", "Five"):
        sent = {"words": words, "version": "mark-4", "form_key": marked}
        with commits():
            answer = person.post("notes:marked", note.pk, **sent)
        assert answer.status_code == 302
    assert note.words == "Five"


def test_another_form_or_person_in_between_is_a_conflict(city: City, commits: Commits) -> None:
    person, other = officer(city.first), officer(city.first)
    note = a_note(person)
    key = field_of(person.get("notes:edit", note.pk).content.decode(), "form_key")
    sent = {"version": 1, "form_key": key}
    with commits():
        assert person.post("notes:edit", note.pk, words="Mine", **sent).status_code == 302
    stolen = other.post("notes:edit", note.pk, words="x", **sent)
    assert (stolen.status_code, note.words) == (422, "Mine")
    with commits():
        assert other.post("notes:edit", note.pk, words="Theirs", version=2).status_code == 302
    late = person.post("notes:edit", note.pk, words="Mine again", **sent)
    assert (late.status_code, note.words) == (422, "Theirs")
    assert late.context["others"] == [("words", "Theirs", "Mine again")]


def test_a_form_that_goes_on_from_what_it_did_holds_its_lock(city: City, commits: Commits) -> None:
    """As after "Back": the first try is stale and rolled back, and nobody else may pass while the second one runs."""
    person = officer(city.first)
    note = a_note(person)
    page = person.get("notes:compared", note.pk).content.decode()
    sent = {name: field_of(page, name) for name in ("version", "form_key")}
    for words in ("One", "Two"):
        with commits(), CaptureQueriesContext(connection) as asked:
            assert person.post("notes:compared", note.pk, words=words, **sent).status_code == 302
        assert note.words == words
    statements = [each["sql"] for each in asked.captured_queries]
    undone = {each.split()[-1] for each in statements if each.startswith("ROLLBACK TO SAVEPOINT")}
    (lock,) = [number for number, each in enumerate(statements) if "hashtextextended" in each]
    around = {each.split()[-1] for each in statements[:lock] if each.startswith("SAVEPOINT")}
    assert undone
    assert not undone & around


def test_what_was_rolled_back_is_no_version_of_ones_own(city: City) -> None:
    person = officer(city.first)
    note = a_note(person)
    key = field_of(person.get("notes:edit", note.pk).content.decode(), "form_key")
    sent = {"version": 1, "form_key": key}
    assert person.post("notes:edit", note.pk, words="One", **sent).status_code == 302  # and never committed
    assert person.post("notes:edit", note.pk, words="Two", **sent).status_code == 422


def test_a_form_that_was_taken_says_so(city: City) -> None:
    person = officer(city.first)
    note = a_note(person)
    taken = person.post("notes:edit", note.pk, words="Mine", version=1)
    refused = person.post("notes:edit", note.pk, words="forbidden", version=2)
    shown = person.post("notes:shown", words="Secret")
    done = person.post("notes:done", note.pk, htmx=True, reason="x", version=2)
    assert [TAKEN in answer.headers for answer in (taken, refused, shown, done)] == [True, False, True, True]


def test_an_act_whose_answer_was_lost_has_been_taken(city: City, commits: Commits) -> None:
    person, other = officer(city.first), officer(city.first)
    note = a_note(person)
    key = field_of(person.get("notes:done", note.pk).content.decode(), "form_key")
    sent = {"reason": "x", "version": 1, "form_key": key}
    # the same again is answered as before; with other words the record says that it is done
    for reason, status in (("x", 302), ("x", 302), ("y", 422)):
        with commits():
            answer = person.post("notes:done", note.pk, **sent | {"reason": reason})
        assert (answer.status_code, answer.headers.get(TAKEN)) == (status, "yes")
    late = other.post("notes:done", note.pk, **sent)
    assert (late.status_code, TAKEN in late.headers) == (422, False)
