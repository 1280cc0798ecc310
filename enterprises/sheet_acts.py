"""What the rows of a list of liaison officers do: each designates an officer."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.choices import LiaisonKind
from enterprises.models import Liaison
from enterprises.operations import assign_liaison
from enterprises.operations.liaison import lock_officers
from enterprises.selectors import list_officers
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.contributions.sheets import Standing, Unfit
from foundation.identifiers import folded
from foundation.words import sentences

Post = tuple[int, str]  # enterprise, and whether the officer or the deputy


class Posts:
    """Designates officers. A post that somebody holds is given away only if that is chosen, and never taken back."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self._serving: dict[Post, Liaison] = {}
        self._officers: dict[str, list[User]] = {}
        for officer in list_officers(actor):
            # by a number alone, or behind the name as namesakes are told apart: 王刚（041201）
            words = [
                officer.full_name,
                officer.police_number,
                f"{officer.full_name}({officer.police_number})",
            ]
            for word in {folded(each) for each in words if each}:
                self._officers.setdefault(word, []).append(officer)

    def identity(self, values: Mapping[str, Any]) -> Hashable:
        return self._post(values)

    @staticmethod
    def _post(values: Mapping[str, Any]) -> Post:
        return values["enterprise_id"], values.get("kind") or LiaisonKind.MAIN

    def lock_people(self, rows: Sequence[Mapping[str, Any]]) -> None:
        ids = {each.pk for row in rows for each in self._officers.get(folded(row["officer"]), [])}
        lock_officers(ids)

    def look_up(self, rows: Sequence[Mapping[str, Any]]) -> None:
        ids = {row["enterprise_id"] for row in rows}
        serving = Liaison.objects.filter(enterprise_id__in=ids, until_on=None).select_related("officer")
        self._serving = {(row.enterprise_id, row.kind): row for row in serving}

    def standing(self, values: Mapping[str, Any]) -> Standing:
        officer, here = self._officer(values["officer"]), self._serving.get(self._post(values))
        if here is None:
            return Standing()
        if here.officer_id == officer.pk:
            return Standing(here.pk)
        return Standing(here.pk, {"officer": (str(here.officer), values["officer"])})

    def _officer(self, name: str) -> User:
        found = self._officers.get(folded(name), [])
        if len(found) != 1:
            raise Unfit("several_officers" if found else "no_such_officer", "officer", value=name)
        return found[0]

    def act(self, values: Mapping[str, Any], fields: Collection[str] | None) -> tuple[int, dict[str, Any]]:
        enterprise, kind = self._post(values)
        officer = self._officer(values["officer"])
        try:
            assign_liaison(
                actor=self.actor,
                enterprise_ids=[enterprise],
                officer_id=officer.pk,
                kind=kind,
                on=values.get("from_on") or timezone.localdate(),
            )
        except ValidationError as error:
            field = "from_on" if "on" in error.message_dict else "officer"
            why = sentences(*error.messages)
            raise Unfit("not_designated", field, value=officer.full_name, why=why) from error
        return Liaison.objects.get(enterprise_id=enterprise, kind=kind, until_on=None).pk, {}

    def in_the_way(self, pk: int, before: Mapping[str, Any]) -> str:
        raise WrongState(_("Officers who were designated stay until others are: that they served is true."))

    def take_back(self, pk: int, before: Mapping[str, Any], reason: str) -> None:
        raise NotImplementedError  # in_the_way has refused
