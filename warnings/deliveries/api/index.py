"""What the API's index lists of the deliveries."""

from foundation.contributions.endpoints import Endpoint, register

register(
    Endpoint("subscriptions", "deliveries_api:subscriptions", 60),
    Endpoint("events", "deliveries_api:events", 70),
)
