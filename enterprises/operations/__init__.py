"""Writes of the register: one function per verb, each atomic and audited."""

from enterprises.operations.custody import (
    LaterRecords,
    hand_over,
    reactivate,
    set_inactive,
    void_inactivity,
)
from enterprises.operations.liaison import assign_liaison
from enterprises.operations.register import (
    Namesake,
    edit_enterprise,
    register_enterprise,
    register_many,
    take_back,
)

__all__ = [
    "LaterRecords",
    "Namesake",
    "assign_liaison",
    "edit_enterprise",
    "hand_over",
    "reactivate",
    "register_enterprise",
    "register_many",
    "set_inactive",
    "take_back",
    "void_inactivity",
]
