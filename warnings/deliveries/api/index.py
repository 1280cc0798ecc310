"""Entries of the deliveries in the API's index."""

from foundation.contributions.endpoints import Endpoint, register

register(
    Endpoint("colours", "deliveries_api:colours", 25),
    Endpoint("subscriptions", "deliveries_api:subscriptions", 60),
    Endpoint("events", "deliveries_api:events", 70),
)
