"""Write operations of deliveries."""

from deliveries.operations.answers import answer
from deliveries.operations.cursor import pause, replay, resume, retry_now, skip
from deliveries.operations.receipts import acknowledge, give_feedback, record_download
from deliveries.operations.subscriptions import (
    confirm_address,
    create_subscription,
    edit_subscription,
    end_old_secret,
    end_subscription,
    rotate_secret,
    set_address,
    tune_subscription,
)
from deliveries.operations.testing import send_test_event
from deliveries.operations.wishes import (
    approve_address,
    approve_key,
    ask_for_address,
    ask_for_key,
    collect_key,
    decline_wish,
    withdraw_wish,
)

__all__ = [
    "acknowledge",
    "answer",
    "approve_address",
    "approve_key",
    "ask_for_address",
    "ask_for_key",
    "collect_key",
    "confirm_address",
    "create_subscription",
    "decline_wish",
    "edit_subscription",
    "end_old_secret",
    "end_subscription",
    "give_feedback",
    "pause",
    "record_download",
    "replay",
    "resume",
    "retry_now",
    "rotate_secret",
    "send_test_event",
    "set_address",
    "skip",
    "tune_subscription",
    "withdraw_wish",
]
