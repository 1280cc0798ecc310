"""The register's entry in the API index."""

from foundation.contributions.endpoints import Endpoint, register

register(Endpoint("enterprises", "enterprises_api:enterprises", 30))
