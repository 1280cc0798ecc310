"""Enterprises as an import target."""

from enterprises.models import Enterprise
from enterprises.operations.register import EDITABLE
from foundation.contributions.sheets import Target, register

register(Target("enterprise", Enterprise, only=EDITABLE, key="external_id"))
