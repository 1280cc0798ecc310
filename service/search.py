"""Activities in the one search."""

from facts.declarations import findable
from foundation.contributions.search import register
from service.staff.views import ActivityPages

register(findable(ActivityPages(), rank=80, title=("topic",), more=("kind",)))
