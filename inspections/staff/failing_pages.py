"""Which items of checklists fail most, by quarter and industry, with the inspections behind each figure."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from enterprises.industries import SECTIONS
from foundation.database.caching import remembered
from foundation.periods import Period
from foundation.ui.views import Crumb, Page
from inspections.access import Permission
from inspections.checklists import failing
from inspections.items import CODE
from inspections.staff.checklist_pages import TITLE

KEPT_S = 60  # the answers of a bureau of 300 thousand inspections take a fifth of a second of the database


class FailingPage(Page, TemplateView):
    """Items by the share of answers in which they failed; of one item, the industries in which it did."""

    permission = Permission.VIEW_CHECKLISTS
    title = _("Which items fail most")
    template_name = "inspections/failing.html"

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("inspections:checklists"))]

    @cached_property
    def quarter(self) -> Period:
        """The quarter in the URL, by default this one."""
        named = self.given("quarter")
        try:
            return Period.parse(named) if named else Period.of(timezone.localdate())
        except ValueError:
            raise Http404("no such quarter") from None

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        section = self.one_of("section", SECTIONS, "")
        items, counted_at = self.counted(
            section, "", lambda: failing.failing_items(self.actor, self.quarter, section)
        )
        code = self.given("item")
        if code and not CODE.fullmatch(code):
            raise Http404("no such item")
        asked = {each.key: each for each in items}
        if code and code not in asked:
            asked[code] = failing.Failing(code)
        questions = failing.questions_named(self.actor, asked.values())
        if code and code not in questions:
            raise Http404("no such item")
        first = failing.earliest_quarter(self.actor)
        this = Period.of(timezone.localdate())
        shown: list[dict[str, Any]] = [
            {
                "figures": each,
                "question": questions[each.key],
                "url": f"?{self.query(item=each.key, section='')}#industries",
                **self.behind(each.key, section),
            }
            for each in items
        ]
        industries = [
            {
                "figures": each,
                "words": SECTIONS.get(each.key) or _("Not entered"),
                **self.behind(code, each.key or "none"),
            }
            for each in (self.industries_of(code) if code else [])
        ]
        return super().get_context_data(
            quarter=self.quarter,
            quarters=sorted({*failing.quarters(first, this), self.quarter}, reverse=True),
            sections=list(SECTIONS.items()),
            section=section,
            rows=[each for each in shown if each["figures"].failed],
            never=[each for each in shown if not each["figures"].failed],
            item=questions.get(code),
            industries=industries,
            fewest=failing.FEWEST,
            counted_at=counted_at,
            **context,
        )

    def counted(
        self, section: str, code: str, count: Callable[[], list[failing.Failing]]
    ) -> tuple[list[failing.Failing], dt.datetime]:
        """Return what is counted for an industry or an item, and when that was; it is kept for KEPT_S."""
        key = ("items-failing", self.actor.stations, self.quarter.code, section, code, timezone.localdate())
        return remembered(key, lambda: (count(), timezone.localtime()), KEPT_S)

    def industries_of(self, code: str) -> list[failing.Failing]:
        """Return the industries in which an item failed."""
        return self.counted("", code, lambda: failing.failing_industries(self.actor, self.quarter, code))[0]

    def query(self, **changed: str) -> str:
        """Return the query of this page with something else in it."""
        here = {"quarter": self.quarter.code, "section": self.given("section")} | changed
        return urlencode({name: value for name, value in here.items() if value})

    def behind(self, code: str, section: str) -> dict[str, str]:
        """Return the lists of inspections that the two figures of an item count."""
        days = {"since": self.quarter.start.isoformat(), "until": self.quarter.end.isoformat()}
        where = days | ({"section": section} if section else {})
        page = reverse("inspections:inspections")
        return {
            "failed_url": f"{page}?{urlencode({'failed': code, **where})}",
            "asked_url": f"{page}?{urlencode({'checked': code, **where})}",
        }
