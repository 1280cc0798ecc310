"""Disputes in the one search."""

from django.db.models import Case, When

from disputes.staff.views import DisputePages
from facts.declarations import findable
from foundation.contributions.search import register

register(
    findable(
        DisputePages(),
        rank=50,
        title=("summary",),
        more=("kind",),
        due=Case(When(settled_on=None, then="due_on")),
    )
)
