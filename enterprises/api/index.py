"""What the API's index lists of the register."""

from foundation.contributions.endpoints import Endpoint, register

register(Endpoint("enterprises", "enterprises_api:enterprises", 30))
