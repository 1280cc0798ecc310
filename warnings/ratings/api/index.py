"""What the API's index lists of the warning."""

from foundation.contributions.endpoints import Endpoint, register

register(
    Endpoint("ratings", "ratings_api:ratings", 20),
    Endpoint("evaluations", "ratings_api:evaluations", 40),
    Endpoint("standards", "ratings_api:standards", 50),
)
