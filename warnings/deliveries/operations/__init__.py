"""Write operations of deliveries."""

from deliveries.operations.cursor import pause, replay, resume, skip
from deliveries.operations.receipts import acknowledge, give_feedback, record_download
from deliveries.operations.subscriptions import (
    confirm_address,
    create_subscription,
    edit_subscription,
    end_subscription,
    rotate_secret,
    set_address,
    tune_subscription,
)
from deliveries.operations.testing import send_test_event

__all__ = [
    "acknowledge",
    "confirm_address",
    "create_subscription",
    "edit_subscription",
    "end_subscription",
    "give_feedback",
    "pause",
    "record_download",
    "replay",
    "resume",
    "rotate_secret",
    "send_test_event",
    "set_address",
    "skip",
    "tune_subscription",
]
