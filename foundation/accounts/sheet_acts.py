"""What the rows of a list of people do: each adds a person with a role, or changes one who is here."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from foundation.accounts import reach, selectors
from foundation.accounts.actors import Actor
from foundation.accounts.choices import STATION_ROLES, Role
from foundation.accounts.duties import held_at, stations_lost, stations_of_person
from foundation.accounts.models import Department, RoleGrant, Station, User
from foundation.accounts.operations.people import create_user, disable_user, edit_user, enable_user
from foundation.accounts.operations.roles import grant_role, revoke_role
from foundation.contributions.sheets import Standing, Unfit
from foundation.identifiers import folded, phone_number, user_name
from foundation.words import labelled, listed


class Invitees:
    """Adds people as the page does: with one role, without a password. Their links are made, and seen, on a page only.

    A person is known by the user name. Who was taken back by an undone import and never chose a password comes in again
    under the same account. Subclasses say which role a row means (_role), and whether a person holds it (_holds).
    """

    by_role = "role"  # the field in which a row differs from somebody who lacks its role

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._here: dict[str, User] = {}

    def identity(self, values: Mapping[str, Any]) -> Hashable:
        name = self._name(values)
        if not name:
            raise Unfit("no_user_name", "username")
        return name.upper()

    def _name(self, values: Mapping[str, Any]) -> str:
        """Return the user name of a row, "" if it has none."""
        return user_name(values["username"])

    def lock_people(self, rows: Sequence[Mapping[str, Any]]) -> None:
        known = self._named_in(rows).prefetch_related(None).order_by("pk")
        list(known.select_for_update(of=("self",)).values_list("pk"))

    def look_up(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._here = {user.username.upper(): user for user in self._named_in(rows)}

    def _named_in(self, rows: Sequence[Mapping[str, Any]]) -> QuerySet[User]:
        names = {self._name(row).upper() for row in rows}
        return selectors.list_users(self.actor).alias(upper=Upper("username")).filter(upper__in=names)

    # --- who is here ----------------------------------------------------------------------------------------------------

    def standing(self, values: Mapping[str, Any]) -> Standing:
        user = self._here.get(str(self.identity(values)))
        if user is None:
            self._role(values)
            if selectors.user_by_name(self._name(values)) is not None:
                raise Unfit("person_elsewhere", "username", value=self._name(values))
            return Standing()
        if self._comes_again(user):
            self._role(values)
            return Standing()
        if not user.is_active:
            raise Unfit("person_disabled", "username", value=self._name(values))
        differs = {
            name: (getattr(user, name), str(values[name]))
            for name in User.EDITABLE
            if values.get(name) and values[name] != getattr(user, name)
        }
        if not self._holds(user, values):
            held = listed(map(str, self._roles_of(user))) or "–"
            differs[self.by_role] = (held, str(self._role(values)))
        return Standing(user.pk, differs)

    def _holds(self, user: User, values: Mapping[str, Any]) -> bool:
        """Return whether a person has the role that a row names; what the row leaves open may be anything."""
        raise NotImplementedError

    @staticmethod
    def _roles_of(user: User) -> list[RoleGrant]:
        found: list[RoleGrant] = getattr(user, "seen_roles", [])
        return found

    def _comes_again(self, user: User) -> bool:
        return not user.is_active and user.is_awaited and not self._roles_of(user)

    def _role(self, values: Mapping[str, Any]) -> RoleGrant:
        """Return the role of a row, not saved, within the reach of whoever brings it. Raise Unfit."""
        raise NotImplementedError

    def _reached(self, grant: RoleGrant) -> RoleGrant:
        if not reach.reaches(self.actor, grant):
            raise Unfit("role_out_of_reach", self.by_role, value=Role(grant.role).label)
        return grant

    # --- adding, changing -----------------------------------------------------------------------------------------------

    def act(self, values: Mapping[str, Any], fields: Collection[str] | None) -> tuple[int, dict[str, Any]]:
        user = self._here.get(str(self.identity(values)))
        where: dict[str, Any] = {}
        if fields is None or self.by_role in fields:
            role = self._role(values)
            where = {"role": role.role, **_place_of(role)}
        person = {name: values.get(name) or "" for name in User.EDITABLE}
        if user is None:
            made = create_user(actor=self.actor, username=self._name(values), **person, **where)
            return made.pk, {}
        if fields is None:
            enable_user(actor=self.actor, user_id=user.pk)
            edit_user(actor=self.actor, user_id=user.pk, **person | {"police_number": ""})
            grant_role(actor=self.actor, user_id=user.pk, **where)
            edit_user(actor=self.actor, user_id=user.pk, police_number=person["police_number"])
            return user.pk, {}
        changed = {name: person[name] for name in fields if name in person}
        was = {name: getattr(user, name) for name in changed}
        now = user
        grant = grant_role(actor=self.actor, user_id=user.pk, **where).pk if where else 0
        if changed:  # after the role: who was no police officer before may have a police number now
            now = edit_user(actor=self.actor, user_id=user.pk, version=user.mark, **changed)
        return user.pk, {"values": was, "mark": now.mark, "grant": grant}

    # --- taking back ----------------------------------------------------------------------------------------------------

    def in_the_way(self, pk: int, before: Mapping[str, Any]) -> str:
        user = selectors.list_users(self.actor).filter(pk=pk).first()
        if user is None:
            return _("A person who no longer works here")
        if before.get("mark"):
            if user.mark != before["mark"]:
                return _("%(record)s (changed since)") % {"record": user}
            given = RoleGrant.objects.filter(pk=before["grant"], revoked_at=None).first()
            return self._in_their_name(user, stations_lost(given)) if given else ""
        if not user.is_awaited:
            return _("%(name)s (has chosen a password)") % {"name": user}
        others = RoleGrant.objects.filter(user=user, revoked_at=None)
        if len(others) > 1:
            return _("%(name)s (holds a further role)") % {"name": user}
        return self._in_their_name(user, stations_of_person(self.actor, pk))

    @staticmethod
    def _in_their_name(user: User, stations: Collection[int]) -> str:
        """Return the person with what stands in their name at these stations; empty if nothing does."""
        held = held_at(user.pk, stations)
        counts = [labelled(duty.title, count) for each in held for duty, count in each.counts]
        return labelled(str(user), listed(counts)) if counts else ""

    def take_back(self, pk: int, before: Mapping[str, Any], reason: str) -> None:
        if before.get("mark"):
            if before["values"]:
                edit_user(actor=self.actor, user_id=pk, version=before["mark"], **before["values"])
            given = RoleGrant.objects.filter(pk=before["grant"], revoked_at=None)
        else:
            given = RoleGrant.objects.filter(user_id=pk, revoked_at=None)
        for grant in given:
            revoke_role(actor=self.actor, grant_id=grant.pk, reason=reason)
        if not before.get("mark") and User.objects.filter(pk=pk, is_active=True).exists():
            disable_user(actor=self.actor, user_id=pk, reason=reason)


def _place_of(role: RoleGrant) -> dict[str, Any]:
    """Return where a role is held, as operations name it."""
    for name in ("enterprise_id", "department_id", "station_id"):
        if getattr(role, name):
            return {name: getattr(role, name)}
    return {"bureau_id": role.bureau_id}


class Police(Invitees):
    """People of the police: officers and chiefs of the station that a row names, or of the only one, and supervisors.

    Without a user name they log in with their police number.
    """

    def __init__(self, actor: Actor) -> None:
        super().__init__(actor)
        self._stations: dict[str, list[Station]] = {}
        for station in selectors.list_stations(actor):
            for word in {folded(station.code), folded(station.name)}:
                self._stations.setdefault(word, []).append(station)

    def _name(self, values: Mapping[str, Any]) -> str:
        return user_name(values.get("username") or values.get("police_number") or "")

    def _holds(self, user: User, values: Mapping[str, Any]) -> bool:
        role, station = values.get("role"), values.get("station")
        if role and role not in STATION_ROLES:
            station = ""
        places = {each.pk for each in self._stations.get(folded(station), [])} if station else set()
        return not (role or station) or any(
            (not role or each.role == role) and (not station or each.station_id in places)
            for each in self._roles_of(user)
        )

    def _role(self, values: Mapping[str, Any]) -> RoleGrant:
        role = Role(values.get("role") or Role.OFFICER)
        grant = RoleGrant(role=role, bureau_id=self.actor.bureau_id)
        if role in STATION_ROLES:
            name = values.get("station") or ""
            found = self._stations.get(folded(name), []) if name else self._only_one()
            if len(found) != 1:
                raise Unfit("no_such_station" if name else "no_station_of_person", "station", value=name)
            grant.station = found[0]
        return self._reached(grant)

    def _only_one(self) -> list[Station]:
        every = {each.pk: each for stations in self._stations.values() for each in stations}
        return list(every.values())[:2]


class EnterprisePeople(Invitees):
    """An enterprise's people with access to the portal. Without a user name they log in with their telephone number."""

    def _name(self, values: Mapping[str, Any]) -> str:
        digits = "".join(each for each in phone_number(values.get("phone") or "") if each.isdigit())
        return user_name(values.get("username") or digits)

    def _holds(self, user: User, values: Mapping[str, Any]) -> bool:
        return any(
            each.enterprise_id == values["enterprise_id"] and values.get("role") in (None, "", each.role)
            for each in self._roles_of(user)
        )

    def _role(self, values: Mapping[str, Any]) -> RoleGrant:
        firm = selectors.get_enterprise(self.actor, values["enterprise_id"])
        if firm is None:
            raise Unfit("role_out_of_reach", self.by_role, value=Role.SECURITY_MANAGER.label)
        return self._reached(
            RoleGrant(
                role=values.get("role") or Role.SECURITY_MANAGER,
                bureau_id=self.actor.bureau_id,
                station_id=firm.station_id,
                enterprise_id=firm.id,
                enterprise_name=firm.name,
            )
        )


class DepartmentPeople(Invitees):
    """Officers of the department that a row names by its name or code, or of the only one."""

    by_role = "department"

    def __init__(self, actor: Actor) -> None:
        super().__init__(actor)
        self._departments = list(selectors.list_departments(actor))

    def _named(self, values: Mapping[str, Any]) -> list[Department]:
        name = folded(values.get("department") or "")
        return [
            each for each in self._departments if not name or name in (folded(each.code), folded(each.name))
        ]

    def _holds(self, user: User, values: Mapping[str, Any]) -> bool:
        places = {each.pk for each in self._named(values)}
        return any(each.department_id in places for each in self._roles_of(user))

    def _role(self, values: Mapping[str, Any]) -> RoleGrant:
        name, found = values.get("department") or "", self._named(values)
        if len(found) != 1:
            raise Unfit("no_such_department" if name else "no_department_of_person", self.by_role, value=name)
        return self._reached(
            RoleGrant(role=Role.DEPARTMENT_OFFICER, bureau_id=found[0].bureau_id, department=found[0])
        )
