"""Days in words: "this quarter", "overdue by more than 30 days". They move with the calendar, in Asia/Shanghai."""

import datetime as dt

from django.db.models import Q, TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.periods import Period

WEEK, MONTH = dt.timedelta(days=7), dt.timedelta(days=30)


class Span(TextChoices):
    """A stretch of days that ends today or holds it, except the last quarter. A week begins on Monday."""

    TODAY = "today", gettext_lazy("Today")
    THIS_WEEK = "this_week", gettext_lazy("This week")
    THIS_MONTH = "this_month", gettext_lazy("This month")
    THIS_QUARTER = "this_quarter", gettext_lazy("This quarter")
    LAST_QUARTER = "last_quarter", gettext_lazy("Last quarter")
    THIS_YEAR = "this_year", gettext_lazy("This year")
    LAST_30_DAYS = "last_30_days", gettext_lazy("Last 30 days")

    def days(self, today: dt.date) -> tuple[dt.date, dt.date]:
        """Return the first and the last day. "Last 30 days" includes today."""
        if self is Span.THIS_WEEK:
            monday = today - dt.timedelta(days=today.weekday())
            return monday, monday + dt.timedelta(days=6)
        if self is Span.THIS_MONTH:
            quarter = Period.of(today)
            return next((first, last) for first, last in quarter.months if first <= today <= last)
        if self in (Span.THIS_QUARTER, Span.LAST_QUARTER):
            quarter = Period.of(today).shift(-1 if self is Span.LAST_QUARTER else 0)
            return quarter.start, quarter.end
        if self is Span.THIS_YEAR:
            return dt.date(today.year, 1, 1), dt.date(today.year, 12, 31)
        if self is Span.LAST_30_DAYS:
            return today - dt.timedelta(days=29), today
        return today, today

    def in_words(self, today: dt.date) -> str:
        """Return the words with the days they mean: This quarter (2026-10-01 to 2026-12-31)."""
        first, last = self.days(today)
        if first == last:
            return _("%(words)s (%(day)s)") % {"words": self.label, "day": first.isoformat()}
        return _("%(words)s (%(first)s to %(last)s)") % {
            "words": self.label,
            "first": first.isoformat(),
            "last": last.isoformat(),
        }


class Due(TextChoices):
    """How a deadline lies to today."""

    OVERDUE = "overdue", gettext_lazy("Overdue")
    LONG_OVERDUE = "overdue_30", gettext_lazy("Overdue by over 30 days")
    SOON = "due_7", gettext_lazy("Due within 7 days")
    NONE = "none", gettext_lazy("No deadline")

    def where(self, column: str, today: dt.date) -> Q:
        """Return the condition on a column of days. "Within 7 days" counts from today to the seventh day after it."""
        if self is Due.OVERDUE:
            return Q(**{f"{column}__lt": today})
        if self is Due.LONG_OVERDUE:
            return Q(**{f"{column}__lt": today - MONTH})
        if self is Due.SOON:
            return Q(**{f"{column}__range": (today, today + WEEK)})
        return Q(**{f"{column}__isnull": True})

    def in_words(self, today: dt.date) -> str:
        """Return the words with the days they mean."""
        if self is Due.OVERDUE:
            return _("%(words)s (before %(day)s)") % {"words": self.label, "day": today.isoformat()}
        if self is Due.LONG_OVERDUE:
            return _("%(words)s (before %(day)s)") % {"words": self.label, "day": (today - MONTH).isoformat()}
        if self is Due.SOON:
            days = {"first": today.isoformat(), "last": (today + WEEK).isoformat()}
            return _("%(words)s (%(first)s to %(last)s)") % {"words": self.label, **days}
        return str(self.label)
