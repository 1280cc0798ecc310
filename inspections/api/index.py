"""The entries of hazards and inspections in the API's index."""

from foundation.contributions.endpoints import Endpoint, register

register(
    Endpoint("hazards", "inspections_api:hazards", 80),
    Endpoint("inspections", "inspections_api:inspections", 82),
)
