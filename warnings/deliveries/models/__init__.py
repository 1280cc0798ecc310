from deliveries.models.answer import Answer
from deliveries.models.event import Event
from deliveries.models.exchange import Exchange
from deliveries.models.receipt import Attempt, Receipt
from deliveries.models.snapshot_part import SnapshotPart
from deliveries.models.subscription import SECRETS, Subscription
from deliveries.models.test_event import TestEvent
from deliveries.models.wish import Wish

__all__ = [
    "SECRETS",
    "Answer",
    "Attempt",
    "Event",
    "Exchange",
    "Receipt",
    "SnapshotPart",
    "Subscription",
    "TestEvent",
    "Wish",
]
