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
from foundation.ui.forms import FORM_KEY, key_of
from inspections import accepting, orders_of_many, selectors
from inspections.access import Permission
from inspections.many import PlanVisits
from inspections.orders import BASIS
from inspections.staff.forms import AcceptForm
from inspections.staff.order_forms import OrdersForm
from papers.access import Permission as PaperPermission

SAID = ("basis", "measures", "certificate_shown", "with_photos", "form_key")  # by every order of an act


class OnHazards:
    """An act on hazards."""

    def names(self, actor: Actor, ids: Sequence[int]) -> dict[int, str]:
        return selectors.names_of_hazards(actor, ids)

    def address(self, pk: int) -> str:
        return reverse("inspections:hazard", args=[pk])

    def lock(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        """Lock the enterprises at once: two people whose lists are in different orders would wait for each other."""
        orders_of_many.lock_for_orders(actor, ids)


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
        return accepting.judge_acceptance(
            actor=actor, hazard_ids=ids, closed_on=dt.date.fromisoformat(arguments["closed_on"])
        )

    def perform(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        for pk in ids:
            accepting.accept_rectification(
                actor=actor, id=pk, closed_on=dt.date.fromisoformat(arguments["closed_on"])
            )


class IssueOrders(OnHazards, BulkAct):
    """Issue orders to rectify, one to each enterprise, about those of the hazards that may be ordered."""

    code = "order"
    label = _("Issue orders")
    icon = "file-text"
    text = _(
        "Each enterprise gets one order about its hazards here, under its own number, with the officers who found them and "
        "the day, as recorded. What others found, or on another day, is left for an order of its own. Print the orders, serve "
        "them, and record each service."
    )
    replaces_text = _("Deadlines and findings on the orders")
    permission = PaperPermission.ISSUE_PAPERS
    form_class = OrdersForm
    at_once = 40  # each may be a paper with a number, which others wait for

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "basis": values.get("basis", BASIS),
            "measures": values.get("measures", ""),
            "certificate_shown": values.get("certificate_shown", False),
            "with_photos": values.get("with_photos", True),
            "form_key": key_of(values.get(FORM_KEY)) or "",
        }

    def button(self, count: int) -> str:
        return ngettext("Order %(count)d hazard", "Order %(count)d hazards", count) % {"count": count}

    def result(self, count: int) -> str:
        words = ngettext("%(count)d hazard ordered.", "%(count)d hazards ordered.", count)
        return words % {"count": count}

    def judge(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> Judgement:
        return orders_of_many.judge_orders(
            actor=actor, hazard_ids=ids, certificate_shown=arguments["certificate_shown"]
        )

    def groups(self, actor: Actor, ids: Sequence[int]) -> dict[int, int]:
        return selectors.enterprises_of_hazards(actor, ids)

    def perform(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        said = {name: arguments[name] for name in SAID}  # a run of an earlier version has more
        orders_of_many.issue_orders(actor=actor, hazard_ids=ids, **said)

    def made(self, actor: Actor, arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [
            (f"{each} · {each.enterprise_name}", reverse("papers:paper", args=[each.pk]))
            for each in orders_of_many.orders_of_form(actor, arguments["form_key"])
        ]


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


class PlanHazards(OnHazards, PlanVisits):
    """Plan the re-inspection of the enterprises that these hazards are of, one visit each."""

    text = _("Each enterprise is visited once, whatever number of its hazards you chose.")

    def button(self, count: int) -> str:
        words = ngettext(
            "Plan the visit about %(count)d hazard", "Plan the visits about %(count)d hazards", count
        )
        return words % {"count": count}

    def result(self, count: int) -> str:
        words = ngettext(
            "A visit is planned about %(count)d hazard.", "Visits are planned about %(count)d hazards.", count
        )
        return words % {"count": count}

    def judge(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> Judgement:
        of = selectors.enterprises_of_hazards(actor, ids)
        judged = super().judge(actor, sorted(set(of.values())), arguments)
        ready, shown = set(judged.ready), [pk for pk in ids if pk in of]
        return Judgement(
            ready=[pk for pk in shown if of[pk] in ready],
            refused={pk: judged.refused[of[pk]] for pk in shown if of[pk] in judged.refused},
        )

    def groups(self, actor: Actor, ids: Sequence[int]) -> dict[int, int]:
        return selectors.enterprises_of_hazards(actor, ids)

    def perform(self, actor: Actor, ids: Sequence[int], arguments: Mapping[str, Any]) -> None:
        of = selectors.enterprises_of_hazards(actor, ids)
        super().perform(actor, sorted(set(of.values())), arguments)


ACTS = (IssueOrders(), Accept(), AssignToHazards(), PlanHazards())
