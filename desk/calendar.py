"""Open work in a person's own calendar program: the address, and what a program reads under it (iCalendar, RFC 5545)."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from icalendar import Calendar, Event

from desk.access import Permission
from desk.open_work import dated
from foundation.accounts import access
from foundation.accounts.actors import Actor
from foundation.contributions.work import Row, Work
from foundation.deadlines import feeds
from foundation.rest import throttling
from foundation.tenancy.scope import station_scope
from foundation.ui.views import ButtonPage, Page

MOST = 1_000  # entries
READ_AGAIN = dt.timedelta(hours=1)
TITLE = gettext_lazy("Your calendar")


class CalendarPage(Page, TemplateView):
    """The address for the person's calendar program, and how to revoke it."""

    permission = Permission.VIEW_TODAY
    title = TITLE
    template_name = "desk/calendar.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        feed = feeds.own_feed(self.actor)
        url = reverse("desk:calendar_feed", args=[feeds.token_of(feed)]) if feed else ""
        return super().get_context_data(
            feed=feed, url=self.request.build_absolute_uri(url) if url else "", **context
        )


class CalendarMake(ButtonPage):
    """Makes an address, which replaces the one there was."""

    permission = Permission.VIEW_TODAY
    done_text = gettext_lazy("Here is your calendar address. Copy it into your calendar program.")

    def perform(self) -> Any:
        return feeds.make_feed(actor=self.actor)

    def get_back_url(self) -> str:
        return reverse("desk:calendar")


class CalendarRevoke(ButtonPage):
    """Revokes the address."""

    permission = Permission.VIEW_TODAY
    done_text = gettext_lazy("The address is revoked. Calendar programs that had it read nothing any more.")

    def perform(self) -> Any:
        return feeds.revoke_feed(actor=self.actor)

    def get_back_url(self) -> str:
        return reverse("desk:calendar")


class CalendarFeed(Page):
    """What a calendar program reads: each deadline as a whole day, with the kind of work and the way to it."""

    permission = access.ANYONE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        reader = feeds.reader_of(self.kwargs["token"])
        usage = throttling.count_reader(
            "calendar",
            request.META.get("REMOTE_ADDR", ""),
            settings.CALENDARS_PER_MINUTE,
            secret=self.kwargs["token"] if reader else "",
        )
        if usage is not None and usage.remaining < 0:
            return HttpResponse(status=429, headers={"Retry-After": str(usage.reset_s)})
        if reader is None or not access.allows(reader[0], Permission.VIEW_TODAY):
            raise Http404("there is no such calendar")
        actor, language = reader
        with station_scope(actor.scope()), translation.override(language):
            content = self.calendar_of(actor).to_ical()
        response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def calendar_of(self, actor: Actor) -> Calendar:
        """Return the calendar of a person in a role. It names no enterprise and no person: it leaves this site."""
        found = Calendar()
        found.add("prodid", "-//Anqi//open work//")
        found.add("version", "2.0")
        found.add("x-wr-calname", _("Anqi: open work"))
        found.add("refresh-interval", READ_AGAIN, parameters={"VALUE": "DURATION"})
        for work, row in dated(actor, MOST):
            found.add_component(self.event(work, row))
        return found

    def event(self, work: Work, row: Row) -> Event:
        assert row.due_on
        event = Event()
        event.add("uid", f"{work.code}-{row.key}-{row.due_on:%Y%m%d}@anqi")
        event.add("dtstamp", timezone.now())
        event.add("dtstart", row.due_on)
        event.add("dtend", row.due_on + dt.timedelta(days=1))
        event.add("summary", work.name)
        event.add("url", self.request.build_absolute_uri(reverse(work.page or "desk:file", args=[row.key])))
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        return event
