"""What the shell of every page needs: navigation, the person, languages, theme. Lazy, so a partial costs nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.urls import get_urlconf, resolve, reverse
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext, pgettext

from foundation.accounts import access, selectors
from foundation.accounts.choices import ENTERPRISE_ROLES, POLICE_ROLES, Role
from foundation.contributions.navigation import Entry, Menu, Section, beside, menu
from foundation.contributions.search import findables
from foundation.database.transactions import takes_statements
from foundation.tenancy.scope import current_scope
from foundation.ui import links
from foundation.words import Words, once_per_language

THEMES = ("light", "dark", "auto")
SEARCH = "desk:search"
MENUS: dict[str, Menu] = {
    **dict.fromkeys(POLICE_ROLES, Menu.POLICE),
    **dict.fromkeys(ENTERPRISE_ROLES, Menu.PORTAL),
    Role.DEPARTMENT_OFFICER: Menu.DEPARTMENT,
    Role.OPERATOR: Menu.OPERATOR,
}
# returns the demo logins shown on the login page; set by the demo app if it is installed
demo_logins: Callable[[], list[Any]] = list


@dataclass(frozen=True)
class Contact:
    """Whom to ask: a person, or only an organisation."""

    name: str
    organisation: str
    phone: str = ""


def _nobody(actor: Any) -> None:
    return None


# returns whom the people of an enterprise can ask; set by the app that knows
contact_of: Callable[[Any], Contact | None] = _nobody
# returns the time off the register in which the enterprise of a person is now, if it is; set by the app that knows
away_of: Callable[[Any], Any] = _nobody


@dataclass(frozen=True)
class Link:
    """A navigation entry as the templates show it."""

    label: Words
    icon: str
    url: str
    active: bool
    key: str
    badge: int


class Shell:
    """Everything that base.html shows around the content. Copes with anonymous and broken requests (error pages)."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.demo = settings.DEMO

    @cached_property
    def actor(self) -> Any:
        return getattr(self.request, "actor", None)

    @cached_property
    def grants(self) -> list[Any]:
        """The roles the person may act in: the middleware's list if there is one, or else one query."""
        known = getattr(self.request, "grants", None)
        if known is not None or self.actor is None:
            return list(known or ())
        user = self.request.user
        return selectors.grants_of(user) if user.is_authenticated else []

    @cached_property
    def demo_logins(self) -> list[Any]:
        """The demo logins, shown to everybody; only in a demo."""
        if not self.demo:
            return []
        return demo_logins()

    @cached_property
    def is_new(self) -> bool:
        """Whether nobody can log in yet. One query, for the login page."""
        return not selectors.has_people()

    @cached_property
    def navigation(self) -> list[tuple[Words, list[Link]]]:
        which = MENUS.get(self.actor.role) if self.actor else None
        sections = menu(which) if which else []
        resolved = [
            (heading, [link for entry in entries if (link := self._link(entry))])
            for heading, entries in sections
        ]
        return [(heading, links) for heading, links in resolved if links]

    def _beside(self, section: Section) -> list[Link]:
        which = MENUS.get(self.actor.role) if self.actor else None
        entries = beside(which, section) if which else []
        return [link for entry in entries if (link := self._link(entry))]

    @cached_property
    def top(self) -> list[Link]:
        """The icons in the head of each page: notifications."""
        return self._beside(Section.TOP)

    @cached_property
    def own(self) -> list[Link]:
        """Further lines of the sheet under the person's name."""
        return self._beside(Section.OWN)

    @cached_property
    def search(self) -> str:
        """The address of the one search, "" for roles without it."""
        return links.fixed(SEARCH) if self.actor and may_open(SEARCH, self.actor) else ""

    @cached_property
    def findables(self) -> dict[str, str]:
        """The pages of the records that a search finds, by kind, with 0 for the id: what the browser notes as opened."""
        return {each.code: links.fixed(each.page, 0) for each in findables if each.is_noted}

    @cached_property
    def contact(self) -> Any:
        """Whom an enterprise's people can ask: name, organisation, phone. None if nobody is known, or here is no scope."""
        if hasattr(self.request, "contact"):  # the view has read it
            return self.request.contact
        return contact_of(self.actor) if self._reads_about_enterprise() else None

    @cached_property
    def away(self) -> Any:
        """Since when and why the enterprise of this person is off the register. None if it is on it."""
        if hasattr(self.request, "away"):  # the view has read it
            return self.request.away
        return away_of(self.actor) if self._reads_about_enterprise() else None

    def _reads_about_enterprise(self) -> bool:
        if self.actor is None or not self.actor.is_enterprise or current_scope() is None:
            return False
        return takes_statements(connection)  # not on an error page, after a statement failed

    @cached_property
    def links(self) -> list[Link]:
        """The navigation without its headings (the portal's bottom bar)."""
        return [link for _heading, links in self.navigation for link in links]

    @cached_property
    def with_keys(self) -> list[Link]:
        """Everything that the keyboard opens."""
        return [link for link in (*self.links, *self.top) if link.key]

    @cached_property
    def base(self) -> str:
        """The base template of the person's role, for pages that all roles share (their own account)."""
        return "portal/base.html" if self.actor and self.actor.is_enterprise else "base.html"

    @cached_property
    def home(self) -> str:
        return self.links[0].url if self.links else "/"

    @cached_property
    def languages(self) -> list[tuple[str, str, bool]]:
        current = get_language() or settings.LANGUAGE_CODE
        return [(code, name, code == current) for code, name in settings.LANGUAGES]

    @cached_property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @cached_property
    def html_language(self) -> str:
        """The language tag for browsers, which choose the shapes of Chinese characters by it."""
        return "zh-Hans" if self.language.startswith("zh") else self.language

    @cached_property
    def theme(self) -> str:
        chosen = self.request.COOKIES.get("anqi_theme", "auto")
        return chosen if chosen in THEMES else "auto"

    @property
    def words(self) -> dict[str, str]:
        """The words that scripts need, in the person's language (see static/anqi/anqi.js and charts.js)."""
        return _words()

    def _link(self, entry: Entry) -> Link | None:
        if not may_open(entry.url, self.actor):
            return None
        match = getattr(self.request, "resolver_match", None)
        here = match.view_name if match else ""
        return Link(
            entry.label,
            entry.icon,
            links.fixed(entry.url),
            entry.is_active_on(here),
            entry.key,
            self._figure(entry),
        )

    def _figure(self, entry: Entry) -> int:
        """Return the figure beside an entry: the one the view left in ``request.badges``, or else counted now."""
        figures = getattr(self.request, "badges", None) or {}
        if entry.url in figures:
            return figures[entry.url]
        return entry.badge(self.actor) if entry.badge and current_scope() else 0


@once_per_language
def _words() -> dict[str, str]:
    return {
        "green": gettext("Green"),
        "yellow": gettext("Yellow"),
        "red": gettext("Red"),
        "grey": gettext("Not rated"),
        "from": pgettext("chart", "From"),
        "to": pgettext("chart", "To"),
        "count": gettext("Number"),
        "show_table": gettext("Show figures as a table"),
        "hide_table": gettext("Hide the table"),
        "no_figures": gettext("There are no figures to show yet."),
        "chart_failed": gettext("The chart could not be drawn; the figures are below."),
        "error_network": gettext("No connection. Try again in a moment."),
        "error_server": gettext("Something went wrong on our side. Nothing was saved; please try again."),
        "error_forbidden": gettext("Your current role does not allow this."),
        "error_gone": gettext("This page no longer exists. Reload to see the current state."),
        "error_conflict": gettext("Someone changed this in the meantime. Reload to see the current state."),
        "error_session": gettext("You are no longer logged in. Log in again in another tab, then try again."),
        "error_busy": gettext("Too many requests. Wait a moment, then try again."),
        "picker_used": gettext("Last used"),
        "picker_none": gettext("Nothing matches “{text}”."),
        "picker_new": gettext("New: “{text}”"),
        "picker_below": gettext("Show what stands below"),
        "picker_remove": gettext("Clear"),
        "picker_searching": gettext("Searching …"),
        "picker_unpicked": gettext("“{text}” was typed, not chosen from the list."),
        "unsaved": gettext("You have unsaved changes."),
        "discard": gettext("Close this without saving what you typed?"),
        "close": gettext("Close"),
        "copied": gettext("Copied"),
    }


_permissions: dict[tuple[Any, str, int], str] = {}


def may_open(url_name: str, actor: Any, *args: Any) -> bool:
    """Return whether the actor may open the page with this URL name, by the permission of its view."""
    key = get_urlconf() or settings.ROOT_URLCONF, url_name, len(args)
    if key not in _permissions:  # it is the view's, whatever the record
        view = resolve(reverse(url_name, args=args)).func
        _permissions[key] = getattr(view, "permission", access.ANYONE)
    permission = _permissions[key]
    return permission in (access.ANYONE, access.PERSON) or access.allows(actor, permission)


def home_of(actor: Any) -> str:
    """Return the URL of the first page of the actor's navigation, "/" if there is none."""
    which = MENUS.get(actor.role)
    for _heading, entries in menu(which) if which else []:
        for entry in entries:
            if may_open(entry.url, actor):
                return links.fixed(entry.url)
    return "/"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return ``shell`` for the templates. A context processor."""
    return {"shell": Shell(request)}
