"""Screening on the phone: what nobody has asked yet, a nil report with one tap, for one or for all shown, and its undo."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.generic import TemplateView

from disputes.access import Permission
from disputes.after import screening
from disputes.after.forms import ReasonForm
from disputes.choices import Heard
from disputes.models import Screening
from enterprises.models import Liaison
from enterprises.open_work import MINE, STATION
from facts.four_eyes import refusal_of_row
from foundation.accounts.access import allows
from foundation.accounts.choices import Role
from foundation.ids import id_of
from foundation.ui.views import ActPage, ButtonPage, Page, chosen_in, id_in
from foundation.words import Words, sentences

TITLE = pgettext_lazy("disputes", "Screening")
SHOWN = 30  # enterprises of a page, which one tap reports together
FOUND, SINCE = "found", "since"
MONTHS_SHOWN = 50  # screenings of the month that are listed
MOST_MONTHS = 24  # that can be looked up


def dispute_tabs(actor: Any, active: str) -> list[dict[str, Any]]:
    """Return the pages beside each other: disputes, what enterprises told, and the screening."""
    tabs = [
        (gettext_lazy("Disputes"), "disputes:list"),
        (gettext_lazy("From enterprises"), "disputes:reports"),
        (TITLE, "disputes:screenings"),
    ]
    if not allows(actor, Permission.VIEW_SCREENINGS):
        return []
    return [
        {"label": label, "url": reverse(name), "active": name == active, "count": ""} for label, name in tabs
    ]


@dataclass(frozen=True)
class Reported:
    """A screening of the month, and what the person may do about it."""

    row: Screening
    may_undo: bool
    may_void: bool


class ScreeningList(Page, TemplateView):
    """The enterprises that are still to be screened in a month, and those that were. Only this month can be reported."""

    permission = Permission.VIEW_SCREENINGS
    title = TITLE
    template_name = "disputes/screenings.html"

    @cached_property
    def whose(self) -> str:
        default = MINE if self.actor.role == Role.OFFICER else STATION
        return chosen_in(self.request, "whose", (MINE, STATION), default)

    @cached_property
    def month(self) -> dt.date:
        """The month that the URL names, by default this one."""
        this = screening.month_of(timezone.localdate())
        if not (named := self.given("month")):
            return this
        try:
            month = dt.date.fromisoformat(f"{named}-01")
        except ValueError:
            raise Http404("no such month") from None
        if not self.earliest <= month <= this:
            raise Http404("no such month")
        return month

    @cached_property
    def earliest(self) -> dt.date:
        this = screening.month_of(timezone.localdate())
        months = this.year * 12 + this.month - 1 - MOST_MONTHS
        return dt.date(months // 12, months % 12 + 1, 1)

    def url_of(self, **query: object) -> str:
        """Return this page, of the same people and month."""
        kept = {"whose": self.whose, "month": f"{self.month:%Y-%m}"} | query
        if kept["month"] == f"{timezone.localdate():%Y-%m}":
            del kept["month"]
        return f"?{urlencode(kept)}"

    def get_reported(self, may: bool) -> list[Reported]:
        """Return the screenings of the month, the latest first."""
        found = []
        for each in screening.list_screenings(self.actor, self.month)[:MONTHS_SHOWN]:
            is_own = bool(self.actor.user_id) and each.screened_by_id == self.actor.user_id
            undo = may and screening.is_undoable(self.actor, each)
            found.append(Reported(each, undo, may and not is_own))
        return found

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        month, is_now = self.month, self.month == screening.month_of(timezone.localdate())
        may = allows(self.actor, Permission.SCREEN_FOR_DISPUTES)
        rows = screening.not_screened(self.actor, month)
        if asked := id_in(self.request, "enterprise"):
            rows = rows.filter(pk=asked)
        elif self.whose == MINE:
            own = Liaison.objects.filter(
                officer_id=self.actor.user_id, until_on=None, station_id__in=self.actor.stations
            )
            rows = rows.filter(pk__in=own.values("enterprise_id"))
        shown = self.page_of(rows, SHOWN)
        done = self.get_reported(may)
        since = id_in(self.request, SINCE)
        earlier = screening.month_of(month - dt.timedelta(days=1))
        later = screening.last_of(month) + dt.timedelta(days=1)
        return super().get_context_data(
            month=month,
            is_now=is_now,
            earlier=self.url_of(month=f"{earlier:%Y-%m}") if earlier >= self.earliest else "",
            later=self.url_of(month=f"{later:%Y-%m}") if not is_now else "",
            of_mine=self.url_of(whose=MINE),
            of_station=self.url_of(whose=STATION),
            just=[each.row for each in done if since and each.may_undo and each.row.pk >= since],
            shown=shown,
            waiting=shown.paginator.count,
            done=done,
            whose=self.whose,
            asked=asked,
            tabs=dispute_tabs(self.actor, "disputes:screenings"),
            may=may and is_now,
            **context,
        )


class ScreeningReport(ButtonPage):
    """Reports the enterprises that were posted: nothing; or, of one, that something was found, which leads to its form."""

    permission = Permission.SCREEN_FOR_DISPUTES

    @cached_property
    def ids(self) -> set[int]:
        """The enterprises that were posted."""
        found = {id_of(each) for each in self.request.POST.getlist("enterprise")}
        if not found or None in found:
            raise Http404("no such enterprise")
        return {each for each in found if each}

    def perform(self) -> list[Screening]:
        return screening.screen(actor=self.actor, enterprise_ids=self.ids, found=self.is_found)

    @property
    def is_found(self) -> bool:
        return self.request.POST.get(FOUND) == "1"

    def done(self) -> HttpResponse:
        if self.is_found:
            report = self.result[0]
            query = {"enterprise": report.enterprise_id, "heard": Heard.SCREENING.value}
            said = _("The screening was recorded. Now record what you found.")
            if not report.found:  # the first report of the month stands
                said = _(
                    "It was screened on %(day)s already: nothing was found then. Record now what you found."
                )
                said %= {"day": report.screened_on.isoformat()}
            return self.leave(f"{reverse('disputes:create')}?{urlencode(query)}", said)
        nothing = sum(not each.found for each in self.result)
        words = ngettext("%(number)d enterprise: nothing.", "%(number)d enterprises: nothing.", nothing)
        parts = [words % {"number": nothing}] if nothing else []
        if found := len(self.result) - nothing:
            words = ngettext(
                "%(number)d was reported with a dispute before; that stands.",
                "%(number)d were reported with a dispute before; that stands.",
                found,
            )
            parts.append(words % {"number": found})
        if gone := len(self.ids) - len(self.result):
            words = ngettext(
                "%(number)d is not on your register any more.",
                "%(number)d are not on your register any more.",
                gone,
            )
            parts.append(words % {"number": gone})
        return self.leave(self.get_back_url(), sentences(*parts))

    def get_back_url(self) -> str:
        """Return the list, which offers to undo what this tap reported."""
        made = [each.pk for each in self.result or () if screening.is_undoable(self.actor, each)]
        return back_to_list(self.request, **({SINCE: min(made)} if made else {}))


def back_to_list(request: HttpRequest, **query: object) -> str:
    """Return the list, of the same people as the page that posted."""
    whose = request.POST.get("whose")
    query = ({"whose": whose} if whose in (MINE, STATION) else {}) | query
    return f"{reverse('disputes:screenings')}?{urlencode(query)}" if query else reverse("disputes:screenings")


class ScreeningUndo(ButtonPage):
    """Takes back one's own reports that were posted, as a wrong tap."""

    permission = Permission.SCREEN_FOR_DISPUTES

    def perform(self) -> list[Screening]:
        ids = [id_of(each) for each in self.request.POST.getlist("screening")]
        if not ids or None in ids:
            raise Http404("no such screening")
        return screening.undo_screenings(actor=self.actor, ids={each for each in ids if each})

    def done(self) -> HttpResponse:
        words = ngettext(
            "Undone: %(number)d enterprise is to be screened again.",
            "Undone: %(number)d enterprises are to be screened again.",
            len(self.result),
        )
        return self.leave(self.get_back_url(), words % {"number": len(self.result)})

    def get_back_url(self) -> str:
        return back_to_list(self.request)


class ScreeningVoid(ActPage):
    """Void a report that was wrong."""

    permission = Permission.SCREEN_FOR_DISPUTES
    title = gettext_lazy("Void this screening?")
    form_class = ReasonForm
    submit_label = gettext_lazy("Void the screening")
    done_text = gettext_lazy("The screening was voided. The enterprise is to be screened again.")
    danger = True
    record: Screening

    def find_record(self) -> Screening:
        rows = Screening.objects.filter(station_id__in=self.actor.stations, voided_at=None)
        return rows.select_related("enterprise").get(pk=self.kwargs["id"])

    def get_about(self) -> str:
        return f"{self.record.enterprise.name} · {self.record}"

    def get_refusal(self) -> Words:
        return refusal_of_row(self.actor, self.record.station_id, [self.record.screened_by_id])

    def get_back_url(self) -> str:
        return reverse("disputes:screenings")

    def perform(self, form: BaseForm) -> Screening:
        return screening.void_screening(actor=self.actor, id=self.record.pk, **self.values(form))
