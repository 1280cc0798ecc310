"""Views of lists: kept, opened first, shared with the station, removed; and the columns that a person chooses."""

import re
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from foundation.lists import operations
from foundation.lists.models import SavedView
from foundation.tenancy.scope import station_scope
from foundation.ui.views import ListPage
from tests.accounts.conftest import House, house, log_of, quick_passwords
from tests.exports.reading import lines_of, taken
from tests.factories import EnterpriseFactory, SavedViewFactory

__all__ = ["house", "quick_passwords"]
LIST = "/enterprises/"
REFUSED = "violates row-level security policy"


def keep(house: House, who: str = "officer", **options: object) -> SavedView:
    actor = house.actor(who)
    with station_scope(actor.scope()):
        values = {"path": LIST, "query": "colour=red", "name": "Red ones", **options}
        return operations.save_view(actor=actor, **values)


def menu(client: Client, query: str = "") -> str:
    """Return what htmx puts into the opened menu of a list that the browser shows with this query."""
    shown = f"http://testserver{LIST}?{query}"
    headers = {"HX-Request": "true", "HX-Target": "list-menu", "HX-Current-URL": shown}
    answer = client.get(LIST, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


def headers_of(client: Client, query: str = "") -> list[str]:
    page = client.get(f"{LIST}?{query}").content.decode()
    head = re.search(r"<thead.*?</thead>", page, re.DOTALL)
    assert head, page
    return [
        re.sub(r"<[^>]+>|\s+", " ", each).strip()
        for each in re.findall(r"<th.*?</th>", head.group(), re.DOTALL)
    ]


def test_a_list_is_kept_and_opens_first(house: House) -> None:
    client = house.client("officer")
    sent = {
        "list": LIST,
        "query": "colour=red&sort=-score&page=3&q=",
        "name": "Red ones",
        "is_default": "on",
    }
    answer = client.post("/people/views/save/", sent)
    with station_scope(house.actor("officer").scope()):
        view = SavedView.objects.get()
    assert answer.headers["Location"] == view.url == f"{LIST}?colour=red&sort=-score&view={view.pk}"
    assert client.get(LIST).headers["Location"] == view.url
    assert client.get(f"{LIST}?view=0").status_code == 200
    assert client.get(f"{LIST}?colour=green").status_code == 200
    assert "Red ones" in client.get(view.url).content.decode()


def test_a_tab_shows_what_it_says_not_the_view_that_opens_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tab of everything has no query of its own (the inbox of a department)."""
    keep(house, is_default=True)
    monkeypatch.setattr(ListPage, "get_tabs", lambda page: [{"label": "All", "url": LIST, "active": False}])
    client = house.client("officer")
    (tab,) = client.get(f"{LIST}?colour=green").context["tabs"]
    assert client.get(tab["url"]).status_code == 200


def test_the_same_name_replaces_and_one_opens_first(house: House) -> None:
    first = keep(house, is_default=True)
    again = keep(house, query="colour=green&page=2", is_default=True)
    other = keep(house, name="Other", is_default=True)
    with station_scope(house.actor("officer").scope()):
        assert first.pk == again.pk
        assert SavedView.objects.get(pk=first.pk).query == "colour=green"
        assert list(SavedView.objects.filter(is_default=True)) == [other]


def test_the_station_sees_what_is_shared_and_nobody_else(house: House) -> None:
    view = keep(house, is_shared=True, query="q=Zhang", is_default=True)
    chief = house.client("chief")
    assert "Red ones" in menu(chief)
    assert chief.get(LIST).status_code == 200  # it opens first for its owner only
    for who in ("officer_elsewhere", "supervisor"):
        assert "Red ones" not in menu(house.client(who))
    (entry,) = [each for each in log_of(house.city) if each.action == "view.save"]
    assert entry.after["list"] == LIST
    assert house.client("officer_elsewhere").get(f"/people/views/{view.pk}/remove/").status_code == 404


def test_a_chief_removes_what_is_shared_and_an_officer_only_their_own(house: House) -> None:
    shared, own = keep(house, is_shared=True), keep(house, name="Mine")
    of_chief = keep(house, "chief", name="The chief's", is_shared=True)
    officer, chief = house.client("officer"), house.client("chief")
    assert officer.post(f"/people/views/{of_chief.pk}/remove/").status_code == 404
    assert chief.post(f"/people/views/{own.pk}/remove/").status_code == 404
    assert chief.post(f"/people/views/{shared.pk}/remove/").status_code == 302
    assert officer.post(f"/people/views/{own.pk}/remove/").status_code == 302
    with station_scope(house.actor("officer").scope()):
        assert list(SavedView.objects.values_list("pk", flat=True)) == [of_chief.pk]


def test_only_lists_that_the_role_sees_can_be_kept(house: House) -> None:
    client = house.client("officer")
    for path in ("/people/", "/today/", "/people/inbox/", "/nowhere/", "https://elsewhere.example/", ""):
        answer = client.post("/people/views/save/", {"list": path, "query": "", "name": "x"})
        assert answer.status_code in (403, 404), path
    manager = house.client("security_manager")
    sent = {"list": "/inspections/hazards/", "name": "x"}
    assert manager.post("/people/views/save/", sent).status_code == 403
    with station_scope(house.actor("security_manager").scope()):
        assert not SavedView.objects.exists()


def test_row_level_security_alone_keeps_views_apart(house: House) -> None:
    own = SavedViewFactory(grant=house.people["officer"].grants.get(), name="Own")
    shared = SavedViewFactory(grant=house.people["officer"].grants.get(), name="Shared", is_shared=True)
    seen = {"officer": {own.pk, shared.pk}, "chief": {shared.pk}, "supervisor": {shared.pk}}
    others = ("security_manager", "department_officer", "operator", "officer_elsewhere")
    for name in (*seen, *others):
        with station_scope(house.actor(name).scope()):
            assert set(SavedView.objects.values_list("pk", flat=True)) == seen.get(name, set()), name
    for name in ("chief", *others):
        with station_scope(house.actor(name).scope()), connection.cursor() as cursor:
            cursor.execute("DELETE FROM lists_savedview WHERE id = %s", [own.pk])
            assert cursor.rowcount == 0
            copy = SavedView(
                user_id=own.user_id,
                grant_id=own.grant_id,
                bureau_id=own.bureau_id,
                station_id=own.station_id,
                name="Forged",
            )
            with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
                SavedView.objects.bulk_create([copy])


def test_columns_are_chosen_in_their_order_also_in_the_file(house: House) -> None:
    client = house.client("officer")
    EnterpriseFactory(station=house.enterprise.station, name="Dawn", address="1 Harbour Road")
    usual = headers_of(client)
    assert "Address" not in usual
    chosen = headers_of(client, "columns=address&columns=score")
    assert [each for each in chosen if each] == ["Enterprise", "Address", "Score"]
    labels, row = lines_of(taken(client, f"{LIST}?columns=address&columns=score", "csv").content)[:2]
    assert labels[:1] + labels[4:6] == ["Enterprise", "Address", "Score"]
    assert "1 Harbour Road" in row
    assert headers_of(client, "columns=nonsense") == usual


def test_a_view_brings_its_columns_and_filters_keep_them(house: House) -> None:
    client = house.client("officer")
    EnterpriseFactory(station=house.enterprise.station, name="Dawn")
    view = keep(house, query="columns=score&columns=colour&colour=grey")
    query = view.url.partition("?")[2]
    page = client.get(view.url).content.decode()
    assert page.count('name="columns" value="score"') == 1  # in the form of the filters
    assert [each for each in headers_of(client, query) if each] == ["Enterprise", "Score", "Colour"]
    shown = menu(client, query)
    assert re.findall(r'name="columns" value="(\w+)" checked', shown) == ["score", "colour"]
    assert '<input type="hidden" name="colour" value="grey">' in shown
    assert "changed" not in shown
    assert "changed" in menu(client, f"{query}&register=all")


def test_keeping_a_view_again_offers_what_it_is(house: House) -> None:
    keep(house, name="Mine", is_shared=True)
    asked = {"list": LIST, "name": "Mine"}
    form = house.client("officer").get("/people/views/save/", asked).context["form"]
    assert (form.initial["is_shared"], form.initial["is_default"]) == (True, False)
    assert house.client("officer").get("/people/views/save/", asked | {"name": "\x00"}).status_code == 200


def test_the_menu_of_views_has_an_end(house: House, django_assert_max_num_queries: Any) -> None:
    """Own ones come first, and the one that is shown is never left out, whatever colleagues share."""
    mine = keep(house, name="zz mine")
    grant = house.people["chief"].grants.get()
    shared = SavedViewFactory.create_batch(operations.MOST_OFFERED + 5, grant=grant, query="", is_shared=True)
    client = house.client("officer")
    client.get(LIST)  # what is cached
    last = max(shared, key=lambda each: each.name)
    with django_assert_max_num_queries(12):
        shown = menu(client, f"view={last.pk}")
    assert shown.index(mine.url.replace("&", "&amp;")) < shown.index('class="quiet"')
    assert shown.count('class="list-view"') == operations.MOST_OFFERED + 1
    assert f"view={last.pk}" in shown
