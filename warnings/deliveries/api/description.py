"""What the deliveries add to the API's description: names of choices, and the messages that are pushed."""

from deliveries.api.serializers import ENDED, FAILING, PAUSED, PAUSED_STATE, PULLED, PUSHING
from deliveries.api.testing import STATES
from deliveries.choices import EventKind
from deliveries.payloads import CAUSES, PARTS, SENT
from foundation.contributions.descriptions import Push, name_values, register_push

name_values(
    EventType=EventKind.values,
    MessageCause=CAUSES,
    PauseReason=["", *(code for code, _label in PAUSED)],
    SubscriptionState=[ENDED, PULLED, PAUSED_STATE, FAILING, PUSHING],
    TestState=STATES,
)
register_push(*(Push(each.name, each.type, each.when, each.schema, each.example, PARTS) for each in SENT))
