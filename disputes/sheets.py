"""Disputes that come in from files."""

from disputes.models import Dispute
from facts.sheets import register_target

register_target("dispute", Dispute)
