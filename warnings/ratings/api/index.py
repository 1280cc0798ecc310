"""Entries of the three-colour warning in the API's index."""

from foundation.contributions.endpoints import Endpoint, register

register(
    Endpoint("ratings", "ratings_api:ratings", 20),
    Endpoint("evaluations", "ratings_api:evaluations", 40),
    Endpoint("standards", "ratings_api:standards", 50),
)
