"""Audit log labels for activities."""

from facts.declarations import register_kind
from service.models import Activity

register_kind("activity", Activity, formerly="enterprises.Activity")
