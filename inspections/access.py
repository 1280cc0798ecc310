"""Permissions for inspections, hazards, self-checks, forgery and obstructions, and the API scopes."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from foundation.accounts.access import (
    ENTERPRISE_ROLES,
    POLICE_ROLES,
    STATION_ROLES,
    register,
    register_scopes,
)
from foundation.accounts.choices import Role


class Permission(StrEnum):
    VIEW_INSPECTIONS = "inspections:view"
    RECORD_INSPECTIONS = "inspections:record"
    CORRECT_INSPECTIONS = "inspections:correct"
    VIEW_OWN_INSPECTIONS = "inspections:view_own"  # an enterprise's people: what was found at theirs
    REPLY_TO_INSPECTIONS = "inspections:reply"
    ENTER_REPLIES = "inspections:enter_reply"  # from paper or a call
    COMPLAIN = "inspections:complain"
    ANSWER_COMPLAINTS = "inspections:answer_complaint"
    VIEW_FIGURES = "inspections:figures"  # in which officers are compared
    DRAW_INSPECTIONS = "inspections:draw"  # enterprises and officers by lot
    VIEW_PLAN = "visits:view"
    PLAN_VISITS = "visits:plan"
    APPROVE_VISITS = "visits:approve"
    PUBLISH_PLAN_RULES = "visits:rules"  # how often a year at most
    VIEW_HAZARDS = "hazards:view"
    VIEW_HAZARD_BOARD = "hazards:board"
    RECORD_HAZARDS = "hazards:record"
    PROPOSE_DEADLINES = "hazards:propose"  # of those that they record
    CORRECT_HAZARDS = "hazards:correct"
    RECTIFY_HAZARDS = "hazards:rectify"
    WITHDRAW_HAZARDS = "hazards:withdraw"  # a submission
    CLOSE_HAZARDS = "hazards:close"
    SEND_BACK_HAZARDS = "hazards:send_back"
    ASK_EXTENSION = "hazards:ask_extension"
    EXTEND_HAZARDS = "hazards:extend"
    SUSPEND_HAZARDS = "hazards:suspend"  # their deadlines
    RECOUNT_HAZARDS = "hazards:recount"  # their deadlines, once the calendar has changed
    GRADE_HAZARDS = "hazards:grade"
    REFUSE_HAZARDS = "hazards:refuse"
    CALL_ABOUT_HAZARDS = "hazards:call"
    NAME_RESPONSIBLE = "hazards:responsible"
    MOVE_HAZARDS = "hazards:move"  # to the enterprise where they were found
    VIEW_KEY_POSITIONS = "key_positions:view"
    VIEW_OWN_KEY_POSITIONS = (
        "key_positions:view_own"  # the page of an enterprise's people; the police have its file
    )
    MANAGE_KEY_POSITIONS = "key_positions:manage"
    VIEW_HAZARD_ITEMS = "hazards:items"
    CHANGE_HAZARD_ITEMS = "hazards:items_change"
    VIEW_CHECKLISTS = "checklists:view"
    CHANGE_CHECKLISTS = "checklists:change"
    GOVERN_MAJOR_HAZARDS = "hazards:govern_major"  # guarantees, plan, expert review and acceptance
    LIST_HAZARDS = "hazards:list"  # under the supervision of the bureau
    RECHECK_HAZARDS = "hazards:recheck"  # closed ones that were drawn by lot
    DRAW_RECHECKS = "hazards:draw_rechecks"
    VIEW_PENALTIES = "penalties:view"
    RECORD_PENALTIES = "penalties:record"
    CORRECT_PENALTIES = "penalties:correct"
    VIEW_SELF_CHECKS = "self_checks:view"
    RECORD_SELF_CHECKS = "self_checks:record"
    CORRECT_SELF_CHECKS = "self_checks:correct"
    VIEW_FORGERIES = "forgeries:view"
    RECORD_FORGERIES = "forgeries:record"
    CORRECT_FORGERIES = "forgeries:correct"
    CONFIRM_FORGERIES = "forgeries:confirm"
    WITHDRAW_FORGERIES = "forgeries:withdraw"
    VIEW_OBSTRUCTIONS = "obstructions:view"
    RECORD_OBSTRUCTIONS = "obstructions:record"
    CORRECT_OBSTRUCTIONS = "obstructions:correct"
    CONFIRM_OBSTRUCTIONS = "obstructions:confirm"
    WITHDRAW_OBSTRUCTIONS = "obstructions:withdraw"


class Scope(StrEnum):
    READ_HAZARDS = "hazards:read"
    READ_INSPECTIONS = "inspections:read"


register(
    {
        Permission.VIEW_INSPECTIONS: POLICE_ROLES,
        Permission.RECORD_INSPECTIONS: STATION_ROLES,
        Permission.CORRECT_INSPECTIONS: STATION_ROLES,
        Permission.VIEW_OWN_INSPECTIONS: ENTERPRISE_ROLES,
        Permission.REPLY_TO_INSPECTIONS: ENTERPRISE_ROLES,
        Permission.ENTER_REPLIES: STATION_ROLES,
        Permission.COMPLAIN: ENTERPRISE_ROLES,
        # a chief who did not inspect, else the bureau (inspections.complaining)
        Permission.ANSWER_COMPLAINTS: {Role.CHIEF, Role.SUPERVISOR},
        Permission.VIEW_FIGURES: {Role.CHIEF, Role.SUPERVISOR},
        Permission.DRAW_INSPECTIONS: {Role.CHIEF, Role.SUPERVISOR},
        Permission.VIEW_PLAN: POLICE_ROLES,
        Permission.PLAN_VISITS: STATION_ROLES,
        Permission.APPROVE_VISITS: {Role.CHIEF},
        Permission.PUBLISH_PLAN_RULES: {Role.SUPERVISOR},
        Permission.VIEW_HAZARDS: POLICE_ROLES | ENTERPRISE_ROLES,
        # an enterprise's own hazards are few
        Permission.VIEW_HAZARD_BOARD: POLICE_ROLES,
        # an enterprise reports the hazards it finds
        Permission.RECORD_HAZARDS: STATION_ROLES | ENTERPRISE_ROLES,
        Permission.PROPOSE_DEADLINES: STATION_ROLES,
        # an enterprise corrects its own records on the day it entered them (facts.own)
        Permission.CORRECT_HAZARDS: STATION_ROLES | ENTERPRISE_ROLES,
        Permission.RECTIFY_HAZARDS: STATION_ROLES | ENTERPRISE_ROLES,
        Permission.WITHDRAW_HAZARDS: ENTERPRISE_ROLES,
        Permission.CLOSE_HAZARDS: STATION_ROLES,
        Permission.SEND_BACK_HAZARDS: STATION_ROLES,
        Permission.ASK_EXTENSION: STATION_ROLES | ENTERPRISE_ROLES,
        Permission.EXTEND_HAZARDS: STATION_ROLES,
        Permission.SUSPEND_HAZARDS: STATION_ROLES,
        Permission.RECOUNT_HAZARDS: {Role.CHIEF, Role.SUPERVISOR},
        Permission.GRADE_HAZARDS: STATION_ROLES,
        Permission.REFUSE_HAZARDS: STATION_ROLES,
        Permission.CALL_ABOUT_HAZARDS: STATION_ROLES,
        Permission.NAME_RESPONSIBLE: STATION_ROLES,
        Permission.MOVE_HAZARDS: STATION_ROLES,
        Permission.VIEW_KEY_POSITIONS: POLICE_ROLES | ENTERPRISE_ROLES,
        Permission.VIEW_OWN_KEY_POSITIONS: ENTERPRISE_ROLES,
        Permission.MANAGE_KEY_POSITIONS: STATION_ROLES | {Role.SECURITY_MANAGER},
        Permission.VIEW_HAZARD_ITEMS: POLICE_ROLES,
        Permission.CHANGE_HAZARD_ITEMS: {Role.SUPERVISOR},
        Permission.VIEW_CHECKLISTS: POLICE_ROLES,
        Permission.CHANGE_CHECKLISTS: {Role.SUPERVISOR},
        Permission.GOVERN_MAJOR_HAZARDS: STATION_ROLES | ENTERPRISE_ROLES,
        Permission.LIST_HAZARDS: {Role.SUPERVISOR},
        # the person named, or a superior (inspections.rechecks)
        Permission.RECHECK_HAZARDS: POLICE_ROLES,
        Permission.DRAW_RECHECKS: {Role.CHIEF, Role.SUPERVISOR},
        # an enterprise sees what was imposed on it as a unit (Penalty.shown_to_enterprise)
        Permission.VIEW_PENALTIES: POLICE_ROLES | ENTERPRISE_ROLES,
        Permission.RECORD_PENALTIES: STATION_ROLES,
        Permission.CORRECT_PENALTIES: STATION_ROLES,
        Permission.VIEW_SELF_CHECKS: POLICE_ROLES | ENTERPRISE_ROLES,
        Permission.RECORD_SELF_CHECKS: STATION_ROLES | ENTERPRISE_ROLES,
        Permission.CORRECT_SELF_CHECKS: STATION_ROLES | ENTERPRISE_ROLES,
        # the enterprise sees those that are confirmed (Forgery.hidden_until)
        Permission.VIEW_FORGERIES: POLICE_ROLES | ENTERPRISE_ROLES,
        Permission.RECORD_FORGERIES: STATION_ROLES,
        Permission.CORRECT_FORGERIES: STATION_ROLES,
        Permission.CONFIRM_FORGERIES: STATION_ROLES,
        Permission.WITHDRAW_FORGERIES: STATION_ROLES,
        # the enterprise sees those that are confirmed (Obstruction.hidden_until)
        Permission.VIEW_OBSTRUCTIONS: POLICE_ROLES | ENTERPRISE_ROLES,
        Permission.RECORD_OBSTRUCTIONS: STATION_ROLES,
        Permission.CORRECT_OBSTRUCTIONS: STATION_ROLES,
        Permission.CONFIRM_OBSTRUCTIONS: STATION_ROLES,
        Permission.WITHDRAW_OBSTRUCTIONS: STATION_ROLES,
    }
)

register_scopes(
    {
        Scope.READ_HAZARDS: _("Read hazards: what, where, deadlines, how far they are"),
        Scope.READ_INSPECTIONS: _("Read inspections: day, kind, conclusion, answers to checklists"),
    }
)
