from deliveries.models.event import Event
from deliveries.models.exchange import Exchange
from deliveries.models.receipt import Attempt, Receipt
from deliveries.models.subscription import SECRETS, Subscription

__all__ = ["SECRETS", "Attempt", "Event", "Exchange", "Receipt", "Subscription"]
