from deliveries.models.event import Event
from deliveries.models.receipt import Attempt, Receipt
from deliveries.models.subscription import SECRETS, Subscription
from deliveries.models.test_event import TestEvent

__all__ = ["SECRETS", "Attempt", "Event", "Receipt", "Subscription", "TestEvent"]
