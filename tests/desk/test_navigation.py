"""The navigation shows what a role may open, and nothing that is not there."""

from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import include, path

from foundation.accounts import access
from foundation.accounts.choices import Role
from foundation.ui.shell import Shell

access.register({"test:log": {Role.CHIEF}})


def opens(request):
    return HttpResponse()


urlpatterns = [
    path("today/", opens, name="today-outside"),
    path(
        "enterprises/",
        include(([path("", opens, name="list"), path("new/", opens, name="create")], "enterprises")),
    ),
    path("people/", include(([path("log/", access.page("test:log")(opens), name="audit")], "accounts"))),
]


def shell(role: str | None, url: str = "/enterprises/new/") -> Shell:
    request = RequestFactory().get(url)
    request.actor = SimpleNamespace(role=role, is_enterprise=False) if role else None
    request.resolver_match = SimpleNamespace(view_name="enterprises:create")
    return Shell(request)


@pytest.fixture(autouse=True)
def small_site():
    with override_settings(ROOT_URLCONF=__name__):
        yield


def test_pages_that_do_not_exist_are_left_out_with_their_headings():
    navigation = shell("chief").navigation
    assert [[link.url for link in links] for _heading, links in navigation] == [
        ["/enterprises/"],
        ["/people/log/"],
    ]


def test_a_page_the_role_may_not_open_is_left_out():
    assert [link.url for link in shell("officer").links] == ["/enterprises/"]


def test_the_entry_of_the_present_page_is_lit():
    assert [(link.url, link.active) for link in shell("chief").links] == [
        ("/enterprises/", True),
        ("/people/log/", False),
    ]


def test_nobody_has_no_navigation():
    assert shell(None).navigation == []
    assert shell(None).grants == []
    assert shell(None).home == "/"


@pytest.mark.parametrize("choice", ["dark", "light", "auto"])
def test_the_theme_comes_from_the_cookie(choice):
    one = shell(None)
    one.request.COOKIES["anqi_theme"] = choice
    assert one.theme == choice


def test_a_foreign_theme_cookie_does_not_reach_the_page():
    one = shell(None)
    one.request.COOKIES["anqi_theme"] = '"><script>'
    assert one.theme == "auto"
