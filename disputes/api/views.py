"""The endpoint that returns how many disputes enterprises have to departments' systems."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from disputes.access import Scope
from disputes.overview.counts import Counts, counts_of
from enterprises import selectors
from enterprises.api.parameters import StationCodeField, station_of
from foundation.ids import LARGEST_ID
from foundation.rest.checked import CheckedList
from foundation.rest.key_order import InKeyOrder


class DisputeCountsParameters(serializers.Serializer):
    """Filters for the counts."""

    enterprise = serializers.IntegerField(
        min_value=1, max_value=LARGEST_ID, required=False, help_text="The id of an enterprise."
    )
    station = StationCodeField(
        max_length=32, required=False, help_text="The code of a police station of the key's area."
    )
    opened_from = serializers.DateField(
        required=False, help_text="Only disputes opened on this day or later."
    )
    opened_to = serializers.DateField(
        required=False, help_text="Only disputes opened on this day or earlier."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        since, until = attrs.get("opened_from"), attrs.get("opened_to")
        if since and until and since > until:
            raise serializers.ValidationError({"opened_to": _("This day is before the first one.")})
        return attrs


class DisputeCountsSerializer(serializers.Serializer[Counts]):
    """How many disputes an enterprise has. Kind, parties, text, amounts and ids of disputes are never returned."""

    enterprise = serializers.IntegerField(help_text="The id of the enterprise.")
    opened = serializers.IntegerField(help_text="Disputes opened in the days asked for; without them, all.")
    open = serializers.IntegerField(help_text="How many of those are not settled today.")
    overdue = serializers.IntegerField(help_text="How many of the open ones are past their deadline.")
    settled = serializers.IntegerField(help_text="How many of those are settled.")


@extend_schema(parameters=[DisputeCountsParameters])
class DisputeCounts(CheckedList):
    """How many disputes each enterprise of the key's area has, ordered by its id; enterprises without any too.

    Voided disputes do not count; of files that were merged one counts.
    """

    scope = Scope.READ_DISPUTE_COUNTS
    parameters = DisputeCountsParameters
    serializer_class = DisputeCountsSerializer
    key = "enterprise"

    def rows(self) -> InKeyOrder:
        station = station_of(self.actor, self.chosen.get("station"))
        narrowing: dict[str, Any] = {"station_id": station.pk if station else None, "register": selectors.ALL}
        asked = self.chosen.get("enterprise")

        def pick(*, limit: int, after: int | None = None, before: int | None = None) -> list[int]:
            if asked is None:
                return selectors.ids_in_order(
                    self.actor, limit=limit, after=after, before=before, **narrowing
                )
            found = selectors.list_enterprises(self.actor, **narrowing).filter(pk=asked)
            found = found.filter(pk__gt=after) if after is not None else found
            found = found.filter(pk__lt=before) if before is not None else found
            return list(found.values_list("pk", flat=True)[:limit])

        return InKeyOrder(pick, self._counted)

    def _counted(self, ids: Sequence[int]) -> list[Any]:
        days = {name: self.chosen.get(name) for name in ("opened_from", "opened_to")}
        found = counts_of(self.actor, ids, **days)
        return [found[id] for id in ids]
