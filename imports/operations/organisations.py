"""The bureau and the stations of an import, created if missing."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.models import Bureau, Station
from foundation.accounts.models.organisations import CODE
from foundation.accounts.operations.organisations import create_bureau, create_station
from foundation.database.fields import field_of
from imports.profile import StationSpec
from imports.remarks import ImportFailed


def open_bureau(*, code: str, name: str) -> tuple[Bureau, bool]:
    """Return the bureau with this code and whether it was created now; ImportFailed if the code is invalid."""
    found = Bureau.objects.filter(code=code).first()
    if found:
        return found, False
    try:
        return create_bureau(actor=system_actor(bureau_id=0), code=code, name=name or code), True
    except ValidationError as error:
        raise ImportFailed(
            _("“%(code)s” cannot be a bureau code: %(why)s") % {"code": code, "why": error.messages[0]}
        ) from error


class Stations:
    """The stations of one bureau by code and by name. There are few, so all are kept in memory."""

    def __init__(self, bureau: Bureau) -> None:
        self.bureau = bureau
        self.created = 0
        self._by_code: dict[str, Station] = {}
        self._by_name: dict[str, Station] = {}
        for station in Station.objects.filter(bureau=bureau).order_by("id"):
            self._know(station)

    @property
    def actor(self) -> Actor:
        """The system, acting for all stations of the bureau known so far."""
        return system_actor(
            bureau_id=self.bureau.pk, stations=sorted(each.pk for each in self._by_code.values())
        )

    def find(self, word: str) -> Station:
        """Return the station with this code, or else with this name."""
        return self._by_code.get(word) or self._by_name[word]

    def create_missing(self, words: Iterable[str], how: StationSpec) -> None:
        """Create the stations that the bureau lacks. One audit entry each."""
        missing = sorted({word for word in words if word not in self._by_code and word not in self._by_name})
        if not missing:
            return
        number = Station.objects.aggregate(last=Max("id"))["last"] or 0
        actor = self.actor
        for word in missing:
            code = word if self._is_code(word) else ""
            while not code or code in self._by_code:
                number += 1
                code = f"station-{number}"
            name = how.name.replace("{code}", word)[:120]
            station = create_station(actor=actor, bureau_id=self.bureau.pk, code=code, name=name)
            self._know(station)
            self._by_name[word] = station
        self.created += len(missing)

    def _know(self, station: Station) -> None:
        self._by_code[station.code] = station
        self._by_name.setdefault(station.name, station)

    @staticmethod
    def _is_code(word: str) -> bool:
        try:
            CODE(word)
        except ValidationError:
            return False
        limit = field_of(Station, "code").max_length
        return limit is None or len(word) <= limit
