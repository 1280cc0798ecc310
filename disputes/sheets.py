"""Disputes as an import target."""

from disputes.models import Dispute
from facts.declarations import register_target

register_target("dispute", Dispute, alike=("opened_on", "kind", "summary"))
