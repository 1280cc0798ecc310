"""Who is notified of corrected activities."""

from facts.causes import corrections
from foundation.contributions.notifications import register
from service.staff.views import ActivityPages

register(*corrections(ActivityPages()))
