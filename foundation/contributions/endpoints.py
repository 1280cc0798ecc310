"""Endpoints that the API's index lists, declared in an app's ``api/index.py``."""

from dataclasses import dataclass

from foundation.contributions.registry import Registry


@dataclass(frozen=True)
class Endpoint:
    """One entry of the index: its key there, and the url name, without arguments, that it leads to.

    Entries stand in the order of ``rank``, lower first. Version 1 has published its keys and their order: both stay.
    """

    code: str
    url_name: str
    rank: int = 100


endpoints: Registry[Endpoint] = Registry("api.index")
register = endpoints.register


def in_order() -> list[Endpoint]:
    """Return all entries as the index shows them."""
    return sorted(endpoints, key=lambda endpoint: endpoint.rank)
