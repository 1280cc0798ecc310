"""The kit: permission, acting role, double submit, refusals, dialogs, lists."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.validators import MinLengthValidator, RegexValidator
from django.template.loader import render_to_string
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.views.debug import ExceptionReporter

from foundation.accounts.checks import project_views, views_declare_permission
from foundation.accounts.choices import Role
from foundation.accounts.models import Bureau, RoleGrant
from foundation.ui.forms import fill_faulted
from foundation.ui.views.writing import plain
from tests import factories
from tests.facts.people import Person, chief, manager, officer, supervisor
from tests.fixtures import City
from tests.ui import pages

pytestmark = pytest.mark.django_db
Commits = Callable[[], AbstractContextManager[Any]]


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Any) -> Commits:
    """Run a block after which a request's transaction ends as it would outside of a test."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture(autouse=True)
def notes() -> Iterator[pages.Store]:
    pages.STORE.__init__()
    with override_settings(ROOT_URLCONF="tests.ui.pages"):
        yield pages.STORE


def field_of(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no {name} in the form"
    return found[1]


def said(answer: Any) -> list[str]:
    return [str(each) for each in get_messages(answer.wsgi_request)]


def a_note(person: Person, words: str = "Look twice") -> pages.Note:
    return pages.STORE.add(person.actor, words)


# --- permission -----------------------------------------------------------------------------------------------------


def test_the_checks_find_the_permission_and_the_real_class_of_each_view() -> None:
    views = {route: pattern.callback for route, pattern in project_views() if route.startswith("notes/")}
    assert views["notes/new/"].permission == pages.Permission.WRITE_NOTES
    assert views["notes/new/"].view_class is pages.NoteCreate
    assert views["notes/new/"].__module__ == "tests.ui.pages"
    assert [error.msg for error in views_declare_permission(None)] == [
        "/notes/undeclared/ declares no known permission ()."
    ]


def test_users_without_the_permission_are_refused(city: City) -> None:
    boss = supervisor(city.bureau)
    assert Client().get("/notes/new/").url == "/accounts/login/?next=/notes/new/"
    assert "login" in Client().get("/notes/new/", headers={"HX-Request": "true"}).headers["HX-Redirect"]
    assert boss.client.get("/notes/").status_code == 200
    assert boss.client.get("/notes/new/").status_code == 403
    assert boss.client.post("/notes/new/", {"words": "x"}).status_code == 403
    assert officer(city.first).client.get("/notes/undeclared/").status_code == 403
    assert pages.STORE.notes == {}


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("words", "where"), [("forbidden", "words"), ("nowhere", "__all__")])
def test_a_refusal_is_shown_at_its_field_or_above_and_nothing_is_lost(
    words: str, where: str, city: City
) -> None:
    person = officer(city.first)
    note = a_note(person)
    answer = person.post("notes:edit", note.pk, words=words, version=1)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [where]
    assert f'value="{words}"' in answer.content.decode()
    assert note.words == "Look twice"


def test_a_field_with_a_fault_counts_as_empty_to_the_operation() -> None:
    class Choosing(forms.Form):
        bureau = forms.ModelChoiceField(Bureau.objects.none())
        kind = forms.ChoiceField(choices=[("a", "A")])
        kinds = forms.MultipleChoiceField(choices=[("a", "A")])
        words = forms.CharField()

    form = Choosing({"bureau": "7", "kind": "b", "kinds": ["b"]})
    assert not form.is_valid()
    fill_faulted(form)
    assert form.cleaned_data == {"bureau": None, "kind": "", "kinds": [], "words": ""}


# --- acting role ----------------------------------------------------------------------------------------------------


class Two(Person):
    """A user with a second role; the first granted one acts until another is chosen."""

    def __init__(self, role: str, *, second: dict[str, Any], **where: Any) -> None:
        super().__init__(role, **where)
        self.second = factories.RoleGrantFactory(user=self.user, **second)

    def change_role(self) -> None:
        assert self.client.post(reverse("accounts:act_as"), {"grant": self.second.pk}).status_code == 302


def shown_again(person: Two, refused: Any, grant: Any, url: str, **headers: str) -> Any:
    """Press the button of the refusal that shows the form again under a role."""
    page = refused.content.decode()
    assert f'name="show_as" value="{grant.pk}"' in page
    form = next(part for part in page.split("<form")[1:] if f'name="show_as" value="{grant.pk}"' in part)
    data = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    data |= {"show_as": grant.pk}
    return person.client.post(url, data, headers=headers)


def test_a_form_shown_under_another_role_is_refused_and_shown_again_under_it(city: City) -> None:
    person = Two(Role.OFFICER, station=city.first, second={"role": Role.CHIEF, "station": city.second})
    first = RoleGrant.objects.get(user=person.user, role=Role.OFFICER)
    acting = field_of(person.get("notes:create").content.decode(), "acting")
    assert acting == str(first.pk)
    person.change_role()

    refused = person.post("notes:create", words="Among officers", acting=acting)

    page = refused.content.decode()
    assert refused.status_code == 422
    assert f"Officer · {city.first.name}" in page
    assert f"Station chief · {city.second.name}" in page
    assert "<li>Among officers</li>" in page
    assert (pages.STORE.notes, pages.STORE.calls) == ({}, [])

    again = shown_again(person, refused, first, reverse("notes:create"))
    page = again.content.decode()
    assert again.status_code == 200
    assert 'value="Among officers"' in page
    assert field_of(page, "acting") == str(first.pk)
    assert city.first.name in page
    assert city.second.name not in page.split("<main")[1]
    assert (pages.STORE.notes, pages.STORE.calls) == ({}, []), "it is only shown"
    assert person.client.session["acting_grant"] == first.pk
    assert person.post("notes:create", words="Among officers", acting=first.pk).status_code == 302
    assert len(pages.STORE.notes) == 1


def test_the_form_may_be_taken_along_to_the_role_of_now(city: City) -> None:
    person = Two(Role.OFFICER, station=city.first, second={"role": Role.CHIEF, "station": city.first})
    acting = person.actor.grant_id
    person.change_role()
    refused = person.post("notes:create", words="Among officers", acting=acting)
    again = shown_again(person, refused, person.second, reverse("notes:create"))
    page = again.content.decode()
    assert ('value="Among officers"' in page, field_of(page, "acting")) == (True, str(person.second.pk))
    assert pages.STORE.notes == {}


@pytest.mark.parametrize("htmx", [True, False])
def test_a_role_that_may_not_see_the_page_gets_the_same_message(htmx: bool, city: City) -> None:
    enterprise = factories.EnterpriseFactory(station=city.second)
    other = {"role": Role.SECURITY_MANAGER, "station": city.second, "enterprise_id": enterprise.pk}
    person = Two(Role.OFFICER, station=city.first, second={**other, "enterprise_name": "Sanhe Kilns"})
    first = RoleGrant.objects.get(user=person.user, role=Role.OFFICER)
    note = a_note(person)
    sent = {"words": "Typed for long", "reason": "Typed for long", "version": 1}
    headers = {"HX-Request": "true"} if htmx else {}
    for name, args in (("notes:create", []), ("notes:edit", [note.pk]), ("notes:done", [note.pk])):
        person.change_role()
        refused = person.post(name, *args, htmx=htmx, acting=first.pk, **sent)
        page = refused.content.decode()
        assert refused.status_code == 422, name
        assert f"Officer · {city.first.name}" in page
        assert "Security manager · Sanhe Kilns" in page
        assert "Typed for long" in page
        assert ("<html" in page) is not htmx
        assert page.count('name="show_as"') == 1, "the acting role has no such form"
        assert person.post(name, *args, **sent).status_code == 403, "without the field the role decides alone"
        again = shown_again(person, refused, first, reverse(name, args=args), **headers)
        page = again.content.decode()
        assert again.status_code == 200, name
        assert "Typed for long" in page
        assert field_of(page, "acting") == str(first.pk)
    assert (list(pages.STORE.notes), note.version, pages.STORE.calls) == ([note.pk], 1, [])


@pytest.mark.parametrize("acting", ["", "x", "9" * 40, "\x00", "0"])
def test_an_invalid_role_is_treated_as_another_one(acting: str, city: City) -> None:
    person = officer(city.first)
    assert person.post("notes:create", words="x", acting=acting).status_code == 422
    note = a_note(person)
    assert person.post("notes:touch", note.pk, acting=acting).status_code == 422
    assert pages.STORE.calls == []


@pytest.mark.parametrize("show_as", ["", "x", "9" * 40, "\x00", "0", "foreign"])
def test_nobody_acts_in_a_role_they_do_not_hold(show_as: str, city: City) -> None:
    person = officer(city.first)
    foreign = chief(city.second).actor.grant_id
    chosen = str(foreign) if show_as == "foreign" else show_as
    refused = person.post("notes:create", words="x", acting=foreign, show_as=chosen)
    assert refused.status_code == 422
    assert "acting_grant" not in person.client.session
    assert pages.STORE.notes == {}


def test_a_button_is_pressed_again_after_switching_back(city: City) -> None:
    person = Two(Role.OFFICER, station=city.first, second={"role": Role.CHIEF, "station": city.first})
    first = RoleGrant.objects.get(user=person.user, role=Role.OFFICER)
    note = a_note(person)
    person.change_role()
    refused = person.post("notes:touch", note.pk, acting=first.pk)
    assert refused.status_code == 422
    again = shown_again(person, refused, first, reverse("notes:touch", args=[note.pk]))
    assert again.status_code == 302
    assert pages.STORE.calls == []
    assert person.client.session["acting_grant"] == first.pk


# --- sent twice -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [True, False])
def test_a_form_sent_twice_makes_one_and_leads_to_it(htmx: bool, city: City, commits: Commits) -> None:
    person = officer(city.first)
    key = field_of(person.get("notes:create").content.decode(), "form_key")
    assert key != field_of(person.get("notes:create").content.decode(), "form_key")
    refused = person.post("notes:create", words="forbidden", form_key=key)
    assert field_of(refused.content.decode(), "form_key") == key, "kept while errors are put right"
    with commits():
        first = person.post("notes:create", htmx=htmx, words="Once", form_key=key)
    again = person.post("notes:create", htmx=htmx, words="Once", form_key=key)
    assert [answer.headers.get("HX-Redirect") or answer.url for answer in (first, again)] == ["/notes/1/"] * 2
    assert said(again)[-1] == "This has already been recorded."
    assert len(pages.STORE.notes) == 1
    other = officer(city.first)
    assert other.post("notes:create", words="Another's", form_key=key).status_code == 302
    assert len(pages.STORE.notes) == 2


def test_going_back_and_typing_something_else_makes_a_second_one(city: City, commits: Commits) -> None:
    person = officer(city.first)
    key = field_of(person.get("notes:create").content.decode(), "form_key")
    with commits():
        person.post("notes:create", words="First", form_key=key)
    asked = person.post("notes:create", words="Second", form_key=key)
    assert asked.status_code == 422
    assert "not saved yet" in asked.context["form"].non_field_errors()[0]
    assert 'value="Second"' in asked.content.decode()
    new = field_of(asked.content.decode(), "form_key")
    assert new != key
    assert person.post("notes:create", words="Second", form_key=new).status_code == 302
    assert len(pages.STORE.notes) == 2


def test_a_form_sent_while_the_first_is_under_way_waits(city: City) -> None:
    """Nothing is reported as recorded before it is: here the transaction of the first never ends."""
    person = officer(city.first)
    key = field_of(person.get("notes:create").content.decode(), "form_key")
    person.post("notes:create", words="Once", form_key=key)
    again = person.post("notes:create", words="Once", form_key=key)
    assert again.status_code == 422
    assert "still being processed" in again.context["form"].non_field_errors()[0]
    assert field_of(again.content.decode(), "form_key") == key


def test_a_page_that_fails_after_the_operation_lets_the_form_be_sent_again(
    city: City, monkeypatch: pytest.MonkeyPatch, commits: Commits
) -> None:
    person = officer(city.first)
    key = field_of(person.get("notes:create").content.decode(), "form_key")
    with monkeypatch.context() as broken:
        broken.setattr(pages.NoteCreate, "done", _fail)
        with pytest.raises(RuntimeError):
            person.post("notes:create", words="Once", form_key=key)
    with commits():
        assert person.post("notes:create", words="Once", form_key=key).status_code == 302


def _fail(self: object) -> None:
    raise RuntimeError("the page cannot be shown")


def test_what_is_shown_once_is_not_made_twice(city: City, commits: Commits) -> None:
    person = officer(city.first)
    key = field_of(person.get("notes:shown").content.decode(), "form_key")
    with commits():
        shown = person.post("notes:shown", words="Secret", form_key=key)
    assert "the secret of Secret" in shown.content.decode()
    assert shown.headers["Cache-Control"] == "no-store"
    again = person.post("notes:shown", words="Secret", form_key=key)
    assert again.status_code == 422
    assert again.context["form"].non_field_errors() == ["It was shown already."]
    assert field_of(again.content.decode(), "form_key") != key
    assert len(pages.STORE.notes) == 1


def test_no_report_of_an_error_shows_a_secret(city: City) -> None:
    with pytest.raises(RuntimeError) as caught:
        officer(city.first).post("notes:shown", words="shown wrongly")
    frames = ExceptionReporter(RequestFactory().get("/"), *caught._excinfo).get_traceback_frames()
    (shown,) = [dict(frame["vars"]) for frame in frames if frame["function"] == "get_shown"]
    assert "secret" in shown
    assert not [frame for frame in frames if "the secret of" in str(frame["vars"])]


def test_a_form_that_met_an_error_may_be_sent_again(city: City) -> None:
    person = officer(city.first)
    key = field_of(person.get("notes:create").content.decode(), "form_key")
    with pytest.raises(RuntimeError):
        person.post("notes:create", words="crash", form_key=key)
    assert person.post("notes:create", words="Now", form_key=key).status_code == 302


def test_without_a_cache_a_form_is_saved_all_the_same(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    from redis.exceptions import ConnectionError as Gone

    def gone(*_args: Any, **_kwargs: Any) -> None:
        raise Gone

    person = officer(city.first)
    key = field_of(person.get("notes:create").content.decode(), "form_key")
    for name in ("add", "get", "set", "delete"):
        monkeypatch.setattr(cache, name, gone)
    assert person.post("notes:create", words="Now", form_key=key).status_code == 302


# --- acts -----------------------------------------------------------------------------------------------------------


def test_an_act_is_a_dialog_for_htmx_and_a_page_without(city: City) -> None:
    person = officer(city.first)
    note = a_note(person)
    dialog, page = (person.get("notes:done", note.pk, htmx=htmx).content.decode() for htmx in (True, False))
    assert "<html" not in dialog
    assert "<html" in page
    refused = person.post("notes:done", note.pk, htmx=True, version=1, reason=" ")
    assert (refused.status_code, "<html" in refused.content.decode()) == (422, False)
    done = person.post("notes:done", note.pk, htmx=True, version=1, reason="Because")
    assert done.headers["HX-Redirect"] == f"/notes/{note.pk}/"
    assert said(done) == ["It is done."]
    assert note.is_done


@pytest.mark.parametrize("htmx", [True, False])
def test_an_act_already_done_leads_back(htmx: bool, city: City) -> None:
    person = officer(city.first)
    note = a_note(person)
    note.is_done = True
    answer = person.get("notes:done", note.pk, htmx=htmx)
    assert (answer.headers.get("HX-Redirect") or answer.url) == f"/notes/{note.pk}/"
    assert said(answer) == ["It is done already."]
    late = person.post("notes:done", note.pk, htmx=htmx, version=1, reason="Because")
    assert late.status_code == 422
    assert "It is done already." in late.content.decode()


def test_a_button_does_one_thing_and_says_so(city: City) -> None:
    person = officer(city.first)
    note = a_note(person)
    assert person.get("notes:touch", note.pk).status_code == 405
    answer = person.post("notes:touch", note.pk)
    assert (answer.url, said(answer), note.version) == (f"/notes/{note.pk}/", ["Touched."], 2)
    note.is_done = True
    assert said(person.post("notes:touch", note.pk))[-1] == "It is done already."


def test_a_record_of_another_station_is_not_found(city: City) -> None:
    note = a_note(officer(city.second))
    person = officer(city.first)
    for name in ("notes:record", "notes:edit", "notes:done"):
        assert person.get(name, note.pk).status_code == 404
    assert person.post("notes:edit", note.pk, words="Mine", version=1).status_code == 404


def test_a_record_shows_its_buttons_and_the_way_back(city: City) -> None:
    person = officer(city.first)
    note = a_note(person)
    answer = person.get("notes:record", note.pk)
    assert [each.url for each in answer.context["buttons"]] == [f"/notes/{note.pk}/done/"]
    assert '<a href="/notes/">Notes</a>' in answer.content.decode()
    assert answer.context["title"] == "Look twice"


# --- lists ----------------------------------------------------------------------------------------------------------


def test_a_list_filters_and_offers_what_the_role_may_make(city: City) -> None:
    person, boss = officer(city.first), supervisor(city.bureau)
    page = person.get("notes:list", q=city.bureau.name)
    assert city.bureau.name in page.content.decode()
    assert page.context["is_filtered"]
    assert page.context["create_url"] == "/notes/new/"
    assert boss.get("notes:list").context["create_url"] == ""
    empty = person.get("notes:list", q="nobody is called this")
    assert "Nothing matches these filters" in empty.content.decode()
    assert person.get("notes:list", page="x", sort="nonsense").status_code == 200
    assert manager(factories.EnterpriseFactory(station=city.first)).get("notes:list").status_code == 403


def test_a_list_without_a_table_is_cut_into_pages(city: City) -> None:
    for _ in range(60):
        factories.BureauFactory()
    person = officer(city.first)
    sizes = [
        len(person.get("notes:plain", page=number).context["object_list"]) for number in ("1", "2", "x", "99")
    ]
    assert sizes == [50, 12, 50, 12]


def test_the_summary_of_a_form_counts_errors_not_fields() -> None:
    class Register(forms.Form):
        name = forms.CharField()
        phone = forms.CharField(validators=[MinLengthValidator(5), RegexValidator(r"^\d+$")])

    def summary(**typed: str) -> str:
        return render_to_string("_form_errors.html", {"form": Register(typed)})

    assert "2 things need your attention." in summary(name="A", phone="abc")
    assert "One thing needs your attention." in summary(name="", phone="12345")


def test_two_photos_of_one_name_and_size_are_two_inputs() -> None:
    first, again, other = (SimpleUploadedFile("image.jpg", data) for data in (b"one", b"one", b"two"))
    assert plain([first]) == plain([again]) != plain([other])
    assert first.read() == b"one", "it is read from its beginning afterwards"
