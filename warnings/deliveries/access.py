"""Permissions and API scopes of deliveries."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from foundation.accounts.access import register, register_scopes
from foundation.accounts.choices import Role


class Permission(StrEnum):
    MANAGE_SUBSCRIPTIONS = "subscriptions:manage"
    TUNE_SUBSCRIPTIONS = "subscriptions:tune"
    RECEIVE_MESSAGES = "messages:receive"
    REPLAY_MESSAGES = "messages:replay"
    SEND_TESTS = "messages:test"
    STEER_PUSH = "push:steer"
    OPERATE_DELIVERIES = "deliveries:operate"
    CONFIRM_ADDRESSES = "addresses:confirm"
    ROTATE_SECRETS = "secrets:rotate"
    ASK = "requests:ask"
    DECIDE_REQUESTS = "requests:decide"
    VIEW_STATUS = "deliveries:status"


class Scope(StrEnum):
    READ_EVENTS = "events:read"
    ANSWER_EVENTS = "events:answer"
    READ_SUBSCRIPTIONS = "subscriptions:read"
    WRITE_SUBSCRIPTIONS = "subscriptions:write"


register(
    {
        # The bureau decides who receives what.
        Permission.MANAGE_SUBSCRIPTIONS: {Role.SUPERVISOR},
        # Title, colours and transitions. Stations and industries remain the bureau's decision.
        Permission.TUNE_SUBSCRIPTIONS: {Role.DEPARTMENT_OFFICER},
        # Read messages, acknowledge them, give feedback.
        Permission.RECEIVE_MESSAGES: {Role.DEPARTMENT_OFFICER},
        # Set addresses, pause.
        Permission.OPERATE_DELIVERIES: {Role.OPERATOR},
        # Where its messages go is the department's decision: what an operator sets waits for it.
        Permission.CONFIRM_ADDRESSES: {Role.DEPARTMENT_OFFICER},
        # A department may replay its own messages: this affects nobody else.
        Permission.REPLAY_MESSAGES: {Role.OPERATOR, Role.DEPARTMENT_OFFICER},
        # A test event goes to the department's own receiver and contains no rating.
        Permission.SEND_TESTS: {Role.DEPARTMENT_OFFICER},
        # Resume, try now, skip: whoever mends a receiver knows first that it works again.
        Permission.STEER_PUSH: {Role.OPERATOR, Role.DEPARTMENT_OFFICER},
        # Whoever knows a secret can forge messages: only the receiver makes one and sees it.
        Permission.ROTATE_SECRETS: {Role.DEPARTMENT_OFFICER},
        # Ask for keys and for an address; what was approved is collected by the department alone.
        Permission.ASK: {Role.DEPARTMENT_OFFICER},
        # The supervisor decides about keys, the operator about addresses.
        Permission.DECIDE_REQUESTS: {Role.SUPERVISOR, Role.OPERATOR},
        # How deliveries are doing, each role what is its own.
        Permission.VIEW_STATUS: {Role.DEPARTMENT_OFFICER, Role.SUPERVISOR, Role.OPERATOR},
    }
)

register_scopes(
    {
        Scope.READ_EVENTS: _("Read messages and their receipts"),
        Scope.ANSWER_EVENTS: _("Acknowledge and answer messages"),
        Scope.READ_SUBSCRIPTIONS: _("Read the department's subscriptions"),
        Scope.WRITE_SUBSCRIPTIONS: _("Tune the department's subscriptions and have messages sent again"),
    }
)
