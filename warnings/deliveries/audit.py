"""Audit log entries about subscriptions and their messages: kinds and labels."""

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from deliveries.choices import ANY, NOTHING, AuditAction, Detail, Fault, Progress, WishKind, WishState
from deliveries.models import Receipt, Subscription, Wish
from deliveries.wording import transition_words
from enterprises.choices import Colour
from foundation.contributions.audit import Kind, actions_from, register

LABELS = {
    "message": _("Message"),
    "sequence": _("Message"),
    "last_delivered": _("Last delivered"),
    "fault": _("why it failed"),
    "detail": _("exactly"),
    "status": _("HTTP status"),
    "from_sequence": _("from number"),
    "to_sequence": _("to number"),
    "acknowledged": _("Acknowledged"),
    "topics": _("Topics"),
    "progress": _("Progress"),
}
_words_of = lazy(transition_words, str)
TRANSITIONS = {
    f"{before}>{after}": _words_of(f"{before}>{after}")
    for before in (ANY, NOTHING, *Colour.values)
    for after in (ANY, *Colour.values)
}
# Action names that earlier versions wrote.
FORMERLY: dict[str, str] = {
    AuditAction.CREATE_SUBSCRIPTION: "create subscription",
    AuditAction.EDIT_SUBSCRIPTION: "edit subscription",
    AuditAction.TUNE_SUBSCRIPTION: "tune subscription",
    AuditAction.END_SUBSCRIPTION: "end subscription",
    AuditAction.SET_ADDRESS: "set delivery address",
    AuditAction.ROTATE_SECRET: "rotate delivery secret",
    AuditAction.PAUSE_PUSH: "pause delivery",
    AuditAction.RESUME_PUSH: "resume delivery",
    AuditAction.SKIP_MESSAGE: "skip message",
    AuditAction.REPLAY_MESSAGES: "replay messages",
    AuditAction.ACKNOWLEDGE_MESSAGE: "acknowledge message",
    AuditAction.GIVE_FEEDBACK: "give feedback",
}

register(
    Kind(
        "subscription",
        Subscription,
        formerly=("deliveries.Subscription",),
        labels=LABELS,
        values={"fault": dict(Fault.choices), "detail": dict(Detail.choices), "transitions": TRANSITIONS},
    ),
    Kind(
        "receipt",
        Receipt,
        formerly=("deliveries.Receipt",),
        labels=LABELS,
        personal=frozenset({"feedback", "acknowledged_by_name", "feedback_by_name"}),
        values={"progress": dict(Progress.choices)},
    ),
    Kind(
        "wish",
        Wish,
        labels=LABELS,
        personal=frozenset({"asked_by_name", "decided_by_name", "why"}),
        values={"kind": dict(WishKind.choices), "state": dict(WishState.choices)},
    ),
    *actions_from(
        {
            AuditAction.CREATE_SUBSCRIPTION: _("Subscribed a department"),
            AuditAction.EDIT_SUBSCRIPTION: _("Changed a subscription"),
            AuditAction.TUNE_SUBSCRIPTION: _("Tuned a subscription"),
            AuditAction.END_SUBSCRIPTION: _("Ended a subscription"),
            AuditAction.SET_ADDRESS: _("Set the address of a push"),
            AuditAction.CONFIRM_ADDRESS: _("Confirmed the address of a push"),
            AuditAction.ROTATE_SECRET: _("Made a new signing secret"),
            AuditAction.PAUSE_PUSH: _("Push paused"),
            AuditAction.RESUME_PUSH: _("Push resumed"),
            AuditAction.SKIP_MESSAGE: _("Skipped a message"),
            AuditAction.REPLAY_MESSAGES: _("Sent messages again"),
            AuditAction.SEND_TEST: _("Sent a test event"),
            AuditAction.RETRY_NOW: _("Tried a message at once"),
            AuditAction.END_OLD_SECRET: _("Ended the old signing secret"),
            AuditAction.ACKNOWLEDGE_MESSAGE: _("Acknowledged a message"),
            AuditAction.GIVE_FEEDBACK: _("Gave feedback"),
            AuditAction.DOWNLOAD_MESSAGE: _("Downloaded a message"),
            AuditAction.ANSWER: _("Answered a message"),
            AuditAction.ASK: _("Asked for a key or an address"),
            AuditAction.WITHDRAW: _("Withdrew a request"),
            AuditAction.APPROVE: _("Approved a department's request"),
            AuditAction.DECLINE: _("Declined a department's request"),
            AuditAction.COLLECT_KEY: _("Created the key that was approved"),
        },
        formerly=FORMERLY,
    ),
)
