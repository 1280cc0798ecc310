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
    OPERATE_DELIVERIES = "deliveries:operate"
    CONFIRM_ADDRESSES = "addresses:confirm"
    ROTATE_SECRETS = "secrets:rotate"


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
        # Set addresses, pause, resume, skip.
        Permission.OPERATE_DELIVERIES: {Role.OPERATOR},
        # Where its messages go is the department's decision: what an operator sets waits for it.
        Permission.CONFIRM_ADDRESSES: {Role.DEPARTMENT_OFFICER},
        # A department may replay its own messages: this affects nobody else.
        Permission.REPLAY_MESSAGES: {Role.OPERATOR, Role.DEPARTMENT_OFFICER},
        # A test event goes to the department's own receiver and contains no rating.
        Permission.SEND_TESTS: {Role.DEPARTMENT_OFFICER},
        # Whoever knows a secret can forge messages: only the receiver makes one and sees it.
        Permission.ROTATE_SECRETS: {Role.DEPARTMENT_OFFICER},
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
