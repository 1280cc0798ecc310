"""The entry of disputes in the API's index."""

from foundation.contributions.endpoints import Endpoint, register

register(Endpoint("dispute_counts", "disputes_api:dispute_counts", 84))
