"""Write operations of deliveries."""

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

__all__ = [
    "acknowledge",
    "confirm_address",
    "create_subscription",
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
    "set_address",
    "skip",
    "tune_subscription",
]
