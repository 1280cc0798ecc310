"""Ratings in the enterprise file."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enterprises.choices import Colour
from enterprises.models import Enterprise
from foundation.contributions.file import Mark, Panel, Strand, Tab, register, word_of
from foundation.database.composing import NOW
from foundation.periods import Period
from foundation.requests import Request, required_actor
from foundation.ui.views import chosen_in
from ratings.explain.rating import Why, why
from ratings.selectors import official_in_force


def _rating(request: Request, enterprise: Enterprise, known: dict[str, Any]) -> dict[str, Any]:
    history = known["history"]
    rated = [rating.period_code for rating in history]
    wanted = chosen_in(request, "quarter", rated)
    explained: Why | None = known.get("standing")  # the head has explained the latest quarter
    if rated and (explained is None or wanted in rated[:-1]):
        explained = why(required_actor(request), enterprise.pk, wanted or None)
    for rating in history:
        rating.decided_words = explained.book.label(rating.decided_by) if explained else rating.decided_by
    return {
        "quarters": history[::-1],
        "quarter": explained.rating.period_code if explained else "",
        "why": explained,
    }


def _shown_above(_request: Request, _enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    """Return no further context: the list of quarters uses what the panel above has read."""
    return {}


register(
    Tab("rating", _("Rating and why"), "traffic-lights", 20),
    Panel("why", "rating", 10, "ratings/file_why.html", _rating),
    Panel("quarters", "rating", 30, "ratings/file_quarters.html", _shown_above),
    Mark(
        "rating",
        Strand.REGISTER,
        "traffic-lights",
        lambda: official_in_force(NOW),
        "effective_on",
        lambda colour, period: (
            gettext("Rated %(colour)s") % {"colour": word_of(Colour, colour)},
            str(Period.parse(period)),
        ),
        name="colour",
        text="period_code",
        tone="name",
        recorded="",
    ),
)
