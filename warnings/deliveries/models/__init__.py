from deliveries.models.answer import Answer
from deliveries.models.event import Event
from deliveries.models.exchange import Exchange
from deliveries.models.receipt import Attempt, Receipt
from deliveries.models.subscription import SECRETS, Subscription
from deliveries.models.wish import Wish

__all__ = ["SECRETS", "Answer", "Attempt", "Event", "Exchange", "Receipt", "Subscription", "Wish"]
