"""What can be done with many enterprises of the register's list at once."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enterprises import operations, selectors
from enterprises.access import Permission
from enterprises.forms import HandOverForm, KeyUnitClassForm, LiaisonOfManyForm
from enterprises.operations.liaison import lock_officers
from enterprises.operations.register import lock_in_order
from foundation.accounts.actors import Actor
from foundation.bulk.acts import BulkAct, Judgement
from foundation.contributions.file import address_of
from foundation.contributions.many import acts_on_enterprises


class EnterpriseAct(BulkAct):
    """An act on enterprises."""

    def names(self, actor: Actor, ids: Sequence[int]) -> dict[int, str]:
        found = selectors.names_by_id(actor, ids)
        return {pk: found[pk] for pk in ids if pk in found}

    def address(self, pk: int) -> str:
        return address_of(pk)

    def lock(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        """Lock them in one order: two people whose lists are in different orders would wait for each other."""
        lock_in_order(ids)


class AssignOfficer(EnterpriseAct):
    """Designate one liaison officer or deputy."""

    code = "assign"
    label = _("Assign officer")
    icon = "user-check"
    replaces_text = _("Officers who will be replaced")
    permission = Permission.DESIGNATE_LIAISON_OFFICERS
    form_class = LiaisonOfManyForm
    needs = ("officer", "kind", "on")

    def lock(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        """Lock who takes over before the enterprises, as where duties pass on."""
        lock_officers([arguments["officer_id"]])
        super().lock(actor, ids, arguments)

    def form_kwargs(self, actor: Actor) -> dict[str, Any]:
        return {"actor": actor, "station_id": actor.station_id}

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "officer_id": values["officer"].pk,
            "kind": values["kind"],
            "on": values["on"].isoformat(),
        }

    def button(self, count: int) -> str:
        return ngettext("Assign %(count)d enterprise", "Assign %(count)d enterprises", count) % {
            "count": count
        }

    def result(self, count: int) -> str:
        words = ngettext(
            "Officer assigned to %(count)d enterprise.", "Officer assigned to %(count)d enterprises.", count
        )
        return words % {"count": count}

    def same(self, count: int) -> str:
        words = ngettext(
            "%(count)d enterprise already has this officer.",
            "%(count)d enterprises already have this officer.",
            count,
        )
        return words % {"count": count}

    def judge(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> Judgement:
        return operations.judge_assignment(actor=actor, enterprise_ids=ids, **_with_day(arguments))

    def perform(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        operations.assign_liaison(actor=actor, enterprise_ids=ids, **_with_day(arguments))


class HandOver(EnterpriseAct):
    """Hand over to another station."""

    code = "hand_over"
    label = _("Hand over")
    icon = "arrows-exchange"
    text = _(
        "All records, ratings and people of the enterprises move with them. Their liaison officers' assignments end, and your"
        " station can no longer see them."
    )
    replaces_text = _("Stations that give them away")
    permission = Permission.HAND_OVER_ENTERPRISES
    form_class = HandOverForm
    needs = ("to_station", "on")
    at_once = 20  # each moves all records of an enterprise

    def form_kwargs(self, actor: Actor) -> dict[str, Any]:
        return {"actor": actor, "station_id": actor.station_id or None}

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "to_station_id": values["to_station"].pk,
            "on": values["on"].isoformat(),
            "reason": values.get("reason", ""),
        }

    def button(self, count: int) -> str:
        return ngettext("Hand over %(count)d enterprise", "Hand over %(count)d enterprises", count) % {
            "count": count
        }

    def result(self, count: int) -> str:
        words = ngettext("%(count)d enterprise handed over.", "%(count)d enterprises handed over.", count)
        return words % {"count": count}

    def same(self, count: int) -> str:
        words = ngettext(
            "%(count)d enterprise is with this station already.",
            "%(count)d enterprises are with this station already.",
            count,
        )
        return words % {"count": count}

    def judge(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> Judgement:
        given = {name: value for name, value in _with_day(arguments).items() if name != "reason"}
        return operations.judge_hand_over(actor=actor, enterprise_ids=ids, **given)

    def perform(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        for pk in ids:
            operations.hand_over(actor=actor, enterprise_id=pk, **_with_day(arguments))


class SetClass(EnterpriseAct):
    """Set the class of key security unit, or that it is none."""

    code = "set_class"
    label = _("Set class")
    icon = "shield-check"
    replaces_text = _("Classes that will be replaced")
    permission = Permission.EDIT_ENTERPRISES
    form_class = KeyUnitClassForm
    needs = ("key_unit_class",)

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        chosen = values["key_unit_class"]
        return {"key_unit_class": "" if chosen == KeyUnitClassForm.NONE else chosen}

    def button(self, count: int) -> str:
        return ngettext(
            "Set the class of %(count)d enterprise", "Set the class of %(count)d enterprises", count
        ) % {"count": count}

    def result(self, count: int) -> str:
        words = ngettext("Class set for %(count)d enterprise.", "Class set for %(count)d enterprises.", count)
        return words % {"count": count}

    def same(self, count: int) -> str:
        words = ngettext(
            "%(count)d enterprise already has this class.",
            "%(count)d enterprises already have this class.",
            count,
        )
        return words % {"count": count}

    def judge(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> Judgement:
        return operations.judge_key_unit_class(actor=actor, enterprise_ids=ids, **arguments)

    def perform(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        for pk in ids:
            operations.set_key_unit_class(actor=actor, enterprise_id=pk, **arguments)


ACTS = (AssignOfficer(), HandOver(), SetClass())


def acts() -> tuple[BulkAct, ...]:
    """Return what can be done with many enterprises of the list, also by apps above this one."""
    return (*ACTS, *acts_on_enterprises)


def _with_day(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {**arguments, "on": dt.date.fromisoformat(arguments["on"])}
