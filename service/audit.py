"""Audit log labels for activities."""

from facts.declarations import register_kind
from service.models import Activity

register_kind("activity", Activity, formerly="enterprises.Activity", named_by=("kind", "held_on"))
