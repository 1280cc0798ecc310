"""Writes of the register: one function per verb, each atomic and audited."""

from enterprises.operations.custody import hand_over, judge_hand_over
from enterprises.operations.leaving import LaterRecords, reactivate, set_inactive, void_inactivity
from enterprises.operations.liaison import assign_liaison, judge_assignment
from enterprises.operations.register import (
    Namesake,
    edit_enterprise,
    judge_key_unit_class,
    register_enterprise,
    register_many,
    set_key_unit_class,
    take_back,
)

__all__ = [
    "LaterRecords",
    "Namesake",
    "assign_liaison",
    "edit_enterprise",
    "hand_over",
    "judge_assignment",
    "judge_hand_over",
    "judge_key_unit_class",
    "reactivate",
    "register_enterprise",
    "register_many",
    "set_inactive",
    "set_key_unit_class",
    "take_back",
    "void_inactivity",
]
