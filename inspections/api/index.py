"""The entry of hazards in the API's index."""

from foundation.contributions.endpoints import Endpoint, register

register(Endpoint("hazards", "inspections_api:hazards", 80))
