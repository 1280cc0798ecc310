"""Activities that come in from files."""

from facts.sheets import register_target
from service.models import Activity

register_target("activity", Activity)
