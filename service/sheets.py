"""Activities as an import target."""

from facts.declarations import register_target
from service.models import Activity

register_target("activity", Activity, alike=("held_on", "kind", "topic"))
