"""The bureau and the stations of an import, created if missing."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext as _

from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.choices import AuditAction
from foundation.accounts.models import AuditEntry, Bureau, Station
from foundation.accounts.models.organisations import CODE
from foundation.accounts.operations.organisations import create_bureau, create_station
from foundation.database.fields import field_of
from foundation.identifiers import folded
from foundation.tenancy.scope import station_scope
from imports.profile import StationSpec
from imports.remarks import ImportFailed
from imports.twins import one_apart


def open_bureau(*, code: str, name: str, insist: bool = False) -> tuple[Bureau, bool]:
    """Return the bureau with this code and whether it was created now.

    Raise ImportFailed if the code is invalid, or almost that of another bureau and the caller does not ``insist``.
    """
    found = Bureau.objects.filter(code=code).first()
    if found:
        return found, False
    twin = None if insist else _almost(code)
    if twin:
        raise ImportFailed(
            _(
                "There is no bureau “%(code)s”. Did you mean “%(other)s” (%(name)s)? Use its code, or --create-bureau "
                "if this is another bureau."
            )
            % {"code": code, "other": twin.code, "name": twin.name}
        )
    try:
        return create_bureau(actor=system_actor(bureau_id=0), code=code, name=name or code), True
    except ValidationError as error:
        raise ImportFailed(
            _("“%(code)s” cannot be a bureau code: %(why)s") % {"code": code, "why": error.messages[0]}
        ) from error


def _almost(code: str) -> Bureau | None:
    """Return a bureau whose code or name differs only in case, width, blanks or one character."""
    wanted = folded(code)
    bureaus = list(Bureau.objects.order_by("code"))
    for same in (str.__eq__, one_apart):
        for bureau in bureaus:
            if same(wanted, folded(bureau.code)) or same(wanted, folded(bureau.name)):
                return bureau
    return None


class Stations:
    """The stations of one bureau by code and by name. There are few, so all are kept in memory."""

    def __init__(self, bureau: Bureau) -> None:
        self.bureau = bureau
        self.created = 0
        self._by_code: dict[str, Station] = {}
        self._by_name: dict[str, Station] = {}
        self._former: dict[str, Station] | None = None
        for station in self._stations():
            self._know(station)

    def _stations(self) -> Iterable[Station]:
        return Station.objects.filter(bureau=self.bureau).order_by("id")

    @property
    def actor(self) -> Actor:
        """The system, acting for all stations of the bureau known so far."""
        return system_actor(
            bureau_id=self.bureau.pk, stations=sorted(each.pk for each in self._by_code.values())
        )

    @property
    def whole_bureau(self) -> Actor:
        """The system, acting for all stations of the bureau."""
        return self.actor

    @property
    def are_all(self) -> bool:
        """Whether they are all stations of the bureau."""
        return True

    def find(self, word: str) -> Station | None:
        """Return the station that ``create_missing`` found or created for this word."""
        return self._by_code.get(word) or self._by_name.get(word)

    def create_missing(self, words: Iterable[str], how: StationSpec) -> None:
        """Create the stations that the bureau lacks. One audit entry each.

        A word stands for the station with this code or name, also in other case, width or blanks, with the name that
        the profile makes of it, or with a name that it had before it was renamed.
        """
        missing = sorted({word for word in words if word not in self._by_code and word not in self._by_name})
        if missing:
            missing = [word for word in missing if not self._recognised(word, how)]
        if not missing:
            return
        number = Station.objects.aggregate(last=Max("id"))["last"] or 0
        actor = self.actor
        for word in missing:
            if self._recognised(word, how):  # another spelling of one created just now
                continue
            code = word if self._is_code(word) else ""
            while not code or code in self._by_code:
                number += 1
                code = f"station-{number}"
            name = self._name(word, how)
            station = create_station(actor=actor, bureau_id=self.bureau.pk, code=code, name=name)
            self._know(station)
            self._by_name[word] = station
            self.created += 1

    def _recognised(self, word: str, how: StationSpec) -> bool:
        """Return whether the word stands for a station that exists; remember which."""
        name = self._name(word, how)
        known: dict[str, Station] = {}
        for station in self._by_code.values():
            known.setdefault(folded(station.code), station)
        for station in self._by_code.values():
            known.setdefault(folded(station.name), station)
        found = self._by_name.get(name) or known.get(folded(word)) or known.get(folded(name))
        if found is None:
            former = self._former_names()
            found = former.get(folded(word)) or former.get(folded(name))
        if found is not None:
            self._by_name[word] = found
        return found is not None

    def _former_names(self) -> dict[str, Station]:
        """Return the stations by the names that they had, except names that several had."""
        if self._former is None:
            stations = {station.pk: station for station in self._by_code.values()}
            named: dict[str, set[int]] = {}
            with station_scope(self.actor.scope()):
                entries = AuditEntry.objects.filter(
                    bureau_id=self.bureau.pk,
                    station_id__in=stations,
                    enterprise_id=0,
                    action=AuditAction.RENAME_STATION,
                ).values_list("object_id", "before")
                for number, before in entries:
                    if number in stations and before.get("name"):
                        named.setdefault(folded(before["name"]), set()).add(number)
            self._former = {
                name: stations[next(iter(numbers))] for name, numbers in named.items() if len(numbers) == 1
            }
        return self._former

    @staticmethod
    def _name(word: str, how: StationSpec) -> str:
        return how.name.replace("{code}", word)[:120]

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


class OwnStations(Stations):
    """The stations whose register an importing person keeps: one, or all of the bureau. None is created."""

    def __init__(self, bureau: Bureau, station_id: int | None) -> None:
        self.station_id = station_id
        super().__init__(bureau)

    def _stations(self) -> Iterable[Station]:
        found = super()._stations()
        return [each for each in found if self.station_id in (None, each.pk)]

    @property
    def own_code(self) -> str:
        """The code of the one station, "" for all of the bureau."""
        return next((each.code for each in self._by_code.values() if each.pk == self.station_id), "")

    @property
    def whole_bureau(self) -> Actor:
        return Stations(self.bureau).actor

    @property
    def are_all(self) -> bool:
        return self.station_id is None

    def create_missing(self, words: Iterable[str], how: StationSpec) -> None:
        """Recognise the stations that the words stand for."""
        for word in {word for word in words if word not in self._by_code and word not in self._by_name}:
            self._recognised(word, how)
