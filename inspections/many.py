"""Planning visits of many enterprises of the register at once."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enterprises.bulk import EnterpriseAct
from foundation.accounts.actors import Actor
from foundation.bulk.acts import Judgement
from foundation.contributions.many import register
from inspections.access import Permission
from inspections.planning import planning
from inspections.planning.visits import team_of
from inspections.staff.plan_forms import PlanManyForm


class PlanVisits(EnterpriseAct):
    """Plan visits on one day by two officers, as many as they have room for."""

    code = "plan"
    label = _("Plan inspection")
    icon = "calendar-plus"
    text = _(
        "As many as the two officers have room for on this day. The others stay selected, for the next day."
    )
    permission = Permission.PLAN_VISITS
    form_class = PlanManyForm
    needs = ("on", "officer")

    def form_kwargs(self, actor: Actor) -> dict[str, Any]:
        return {
            "team": team_of(actor, actor.station_id),
            "first_on": timezone.localdate() + dt.timedelta(days=1),
        }

    def initial(self, actor: Actor, ids: Sequence[int]) -> dict[str, Any]:
        return {"officer": actor.user_id}

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "on": values["on"].isoformat(),
            "officer_id": int(values["officer"]),
            "second_id": values.get("second"),
            "half": values.get("part", ""),
        }

    def button(self, count: int) -> str:
        return ngettext("Plan %(count)d visit", "Plan %(count)d visits", count) % {"count": count}

    def result(self, count: int) -> str:
        words = ngettext("%(count)d visit is planned.", "%(count)d visits are planned.", count)
        return words % {"count": count}

    def judge(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> Judgement:
        given = {name: arguments[name] for name in ("officer_id", "second_id")}
        return planning.judge_visits(actor, ids, on=dt.date.fromisoformat(arguments["on"]), **given)

    def perform(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        planning.plan_visits(
            actor=actor, enterprise_ids=ids, **{**arguments, "on": dt.date.fromisoformat(arguments["on"])}
        )


register(PlanVisits())
