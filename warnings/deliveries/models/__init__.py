from deliveries.models.event import Event
from deliveries.models.receipt import Attempt, Receipt
from deliveries.models.subscription import Subscription

__all__ = ["Attempt", "Event", "Receipt", "Subscription"]
