"""Endpoints that return enterprises to departments' systems."""

from collections.abc import Sequence

from drf_spectacular.utils import extend_schema

from enterprises import selectors
from enterprises.access import Scope
from enterprises.api.parameters import RegisterParameters, station_of
from enterprises.api.serializers import EnterpriseSerializer
from enterprises.models import Enterprise
from foundation.rest.checked import CheckedDetail, CheckedList
from foundation.rest.key_order import InKeyOrder


@extend_schema(parameters=[RegisterParameters])
class Enterprises(CheckedList):
    """The enterprises of the key's area, ordered by id.

    Includes enterprises that are off the register; `closed_on` says which are closed or merged. `rated_period` is the
    quarter of the last rating.
    """

    scope = Scope.READ_ENTERPRISES
    parameters = RegisterParameters
    serializer_class = EnterpriseSerializer

    def rows(self) -> InKeyOrder:
        station = station_of(self.actor, self.chosen.get("station"))
        narrowing = {
            "text": self.chosen.get("q", ""),
            "colour": self.chosen.get("colour", ""),
            "section": self.chosen.get("industry", ""),
            "station_id": station.pk if station else None,
            "register": selectors.ALL,  # closed_on says who left for good; suspensions are not for departments
        }
        return InKeyOrder(
            lambda **bound: selectors.ids_in_order(self.actor, **bound, **narrowing), self._loaded
        )

    def _loaded(self, ids: Sequence[int]) -> list[Enterprise]:
        found = selectors.excerpts(self.actor).in_bulk(ids)
        return [found[pk] for pk in ids if pk in found]


class EnterpriseDetail(CheckedDetail):
    """One enterprise of the key's area."""

    scope = Scope.READ_ENTERPRISES
    serializer_class = EnterpriseSerializer

    def row(self) -> Enterprise:
        return selectors.excerpts(self.actor).get(pk=self.kwargs["pk"])
