"""What can be done with many hazards of the board or the list at once."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enterprises.bulk import AssignOfficer
from foundation.accounts.actors import Actor
from foundation.bulk.acts import BulkAct, Judgement
from inspections import accepting, selectors
from inspections.access import Permission
from inspections.staff.forms import AcceptForm


class OnHazards:
    """An act on hazards."""

    def names(self, actor: Actor, ids: Sequence[int]) -> dict[int, str]:
        return selectors.names_of_hazards(actor, ids)

    def address(self, pk: int) -> str:
        return reverse("inspections:hazard", args=[pk])


class Accept(OnHazards, BulkAct):
    """Accept what was submitted as rectified, each under its own rules."""

    code = "accept"
    label = _("Accept")
    icon = "circle-check"
    text = _(
        "Only what you have re-inspected: each hazard is closed with this day and your name, and its enterprise is notified."
    )
    replaces_text = _("Submitted on")
    permission = Permission.CLOSE_HAZARDS
    form_class = AcceptForm
    needs = ("closed_on",)

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {"closed_on": values["closed_on"].isoformat()}

    def button(self, count: int) -> str:
        return ngettext("Accept %(count)d hazard", "Accept %(count)d hazards", count) % {"count": count}

    def result(self, count: int) -> str:
        words = ngettext("%(count)d hazard accepted.", "%(count)d hazards accepted.", count)
        return words % {"count": count}

    def judge(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> Judgement:
        return accepting.judge_acceptance(actor=actor, hazard_ids=ids, closed_on=_day(arguments))

    def perform(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        for pk in ids:
            accepting.accept_rectification(actor=actor, id=pk, closed_on=_day(arguments))


class AssignToHazards(OnHazards, AssignOfficer):
    """Designate the liaison officer of the enterprises that these hazards are of."""

    text = _(
        "The officer looks after the enterprises of these hazards, with everything else that is open there."
    )

    def button(self, count: int) -> str:
        return ngettext(
            "Assign the enterprise of %(count)d hazard", "Assign the enterprises of %(count)d hazards", count
        ) % {"count": count}

    def result(self, count: int) -> str:
        words = ngettext(
            "Officer assigned to the enterprise of %(count)d hazard.",
            "Officer assigned to the enterprises of %(count)d hazards.",
            count,
        )
        return words % {"count": count}

    def same(self, count: int) -> str:
        words = ngettext(
            "The enterprise of %(count)d hazard already has this officer.",
            "The enterprises of %(count)d hazards already have this officer.",
            count,
        )
        return words % {"count": count}

    def judge(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> Judgement:
        of = selectors.enterprises_of_hazards(actor, ids)
        judged = super().judge(actor, sorted(set(of.values())), arguments)
        ready, same = set(judged.ready), set(judged.same)
        shown = [pk for pk in ids if pk in of]
        return Judgement(
            ready=[pk for pk in shown if of[pk] in ready],
            same=[pk for pk in shown if of[pk] in same],
            refused={pk: judged.refused[of[pk]] for pk in shown if of[pk] in judged.refused},
            replaces={pk: judged.replaces[of[pk]] for pk in shown if of[pk] in judged.replaces},
        )

    def perform(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        of = selectors.enterprises_of_hazards(actor, ids)
        super().perform(actor, sorted(set(of.values())), arguments)


ACTS = (Accept(), AssignToHazards())


def _day(arguments: Mapping[str, Any]) -> dt.date:
    return dt.date.fromisoformat(arguments["closed_on"])
