"""Entries of the deliveries in the API's index."""

from foundation.contributions.endpoints import Endpoint, register

register(
    Endpoint("colours", "deliveries_api:colours", 25),
    Endpoint("colour_lookup", "deliveries_api:colour_lookup", 26),
    Endpoint("subscriptions", "deliveries_api:subscriptions", 60),
    Endpoint("events", "deliveries_api:events", 70),
)
