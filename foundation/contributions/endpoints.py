"""Endpoints that the API's index lists, declared in an app's ``api/index.py``."""

from dataclasses import dataclass

from foundation.contributions.registry import Registry


@dataclass(frozen=True)
class Endpoint:
    """One entry of the index: its key there, and the URL name, without arguments, that it points to.

    Entries are in the order of ``rank``, lower first. Version 1 has published its keys and their order: both must stay.
    """

    code: str
    url_name: str
    rank: int = 100


endpoints: Registry[Endpoint] = Registry("api.index")
register = endpoints.register


def in_order() -> list[Endpoint]:
    """Return all entries in the order of the index."""
    return sorted(endpoints, key=lambda endpoint: endpoint.rank)
