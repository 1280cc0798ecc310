"""Ratings in the enterprise file."""

from typing import Any

from django.db.models import Case, CharField, QuerySet, Value, When
from django.db.models.functions import Concat
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
from ratings.models import Rating
from ratings.selectors import official, replaced

REPLACED = "*"  # after the code of a quarter


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


def _revisions() -> QuerySet[Rating]:
    """Return all official revisions, as a colour that was replaced was in force until then; ``quarter`` marks those."""
    mark = Case(When(replaced(NOW), then=Value(REPLACED)), default=Value(""), output_field=CharField())
    return official(NOW).annotate(quarter=Concat("period_code", mark, output_field=CharField()))


def _words_of(quarter: str) -> str:
    period = str(Period.parse(quarter.removesuffix(REPLACED)))
    words = gettext("%(period)s; this rating was replaced later")
    return words % {"period": period} if quarter.endswith(REPLACED) else period


register(
    Tab("rating", _("Rating and why"), "traffic-lights", 20),
    Panel("why", "rating", 10, "ratings/file_why.html", _rating),
    Panel("quarters", "rating", 30, "ratings/file_quarters.html", _shown_above),
    Mark(
        "rating",
        Strand.REGISTER,
        "traffic-lights",
        _revisions,
        "effective_on",
        lambda colour, quarter: (
            gettext("Rated %(colour)s") % {"colour": word_of(Colour, colour)},
            _words_of(quarter),
        ),
        name="colour",
        text="quarter",
        tone="name",
        recorded="",
    ),
)
