"""The list of the parties of a dispute: by side, masked, with what is still missing; and what all pages about parties have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.forms import BaseForm
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from disputes.access import Permission
from disputes.choices import PartyKind, Side
from disputes.models import Dispute, Party
from disputes.people import party_sheet
from disputes.people.masking import masked_identity
from disputes.people.part import Shown, as_shown, seen_of
from disputes.people.selectors import parties_of
from facts.attachments import attach
from facts.staff.views import OfFact
from foundation.accounts.access import allows
from foundation.exports.sheets import Sheet
from foundation.ui.views import Crumb, Downloadable
from foundation.words import Words

PARTIES = _("Parties")
POWER_NAME = "power-of-attorney"
MISSING, TAKEN_OFF = "missing", "voided"  # what the address may ask for besides a side
PERSONS_WITHOUT_NUMBER = Q(kind=PartyKind.PERSON, identity_index="")
WITHOUT_CODE = Q(kind=PartyKind.ORGANISATION, credit_code="")
WITHOUT_POWER = Q(power_id=0) & ~Q(sealed_representative="")


class OfParties(OfFact):
    """A page about the parties of the dispute in the URL; leads back to it."""

    record: Dispute

    def get_trail(self) -> list[Crumb]:
        return super().get_trail()[:2]

    @property
    def told(self) -> list[tuple[str, str]]:
        """What a file of the parties says of itself, and the log of who took it: the number of the dispute, which names nobody."""
        return [(str(_("Dispute")), f"{self.record.get_kind_display()} {self.record.pk}")]

    def file_of(self, form: BaseForm) -> dict[str, int]:
        """Attach the power of attorney to the dispute, under a name that names nobody. Return its id, if there is one."""
        upload = form.cleaned_data.get("power")
        if not upload:
            return {}
        ending = f".{upload.name.rpartition('.')[2]}" if "." in upload.name else ""
        made = attach(
            actor=self.actor,
            permission=Permission.RECORD_DISPUTES,
            model=Dispute,
            id=self.record.pk,
            name=f"{POWER_NAME}{ending[:6]}",
            data=upload.read(),
        )
        return {"power_id": made.pk}


@dataclass(frozen=True)
class Line:
    """A row of the list: a party masked, its number, and which side begins with it."""

    shown: Shown
    identity: str
    begins: Words

    @property
    def party(self) -> Party:
        return self.shown.party


class PartyList(OfParties, Downloadable, TemplateView):
    """All parties of a dispute by side, masked, with those that were taken off if asked for. The file of them is masked too."""

    permission = Permission.VIEW_DISPUTES
    title = PARTIES
    template_name = "disputes/people/parties.html"

    @property
    def show(self) -> str:
        return self.one_of("show", [*Side.values, MISSING, TAKEN_OFF])

    def is_answerable(self) -> bool:
        return self.record.pk > 0  # 404 for a dispute that the actor does not see, also for no file of it

    def get_rows(self) -> QuerySet[Party]:
        rows = parties_of(self.actor, self.record, voided=self.show == TAKEN_OFF)
        if self.show in Side.values:
            rows = rows.filter(side=self.show)
        elif self.show == MISSING:
            rows = rows.filter(PERSONS_WITHOUT_NUMBER | WITHOUT_CODE | WITHOUT_POWER)
        return rows.order_by("side", "number", "pk")

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many parties stand on each side, of how many what is missing, and how many were taken off. One query."""
        valid = Q(voided_at=None)
        wanted = {side.value: Q(valid, side=side) for side in Side} | {
            "numbers": valid & PERSONS_WITHOUT_NUMBER,
            "codes": valid & WITHOUT_CODE,
            "powers": valid & WITHOUT_POWER,
            MISSING: valid & (PERSONS_WITHOUT_NUMBER | WITHOUT_CODE | WITHOUT_POWER),
            TAKEN_OFF: ~valid,
            "all": valid,
        }
        rows = parties_of(self.actor, self.record, voided=True).order_by()
        return rows.aggregate(**{name: Count("pk", filter=condition) for name, condition in wanted.items()})

    def get_tabs(self) -> list[dict[str, Any]]:
        """Return which parties the page can show, each with its number; none that shows nothing or the same as another."""
        counts = self.counts
        sides = [side for side in Side if counts[side]]
        tabs: list[tuple[str, Words, int]] = [("", _("In the dispute"), counts["all"])]
        tabs += [(side.value, side.label, counts[side]) for side in sides if len(sides) > 1]
        tabs += [(MISSING, _("Something missing"), counts[MISSING])] if counts[MISSING] else []
        tabs += (
            [(TAKEN_OFF, _("With those taken off"), counts["all"] + counts[TAKEN_OFF])]
            if counts[TAKEN_OFF]
            else []
        )
        return [
            {
                "label": label,
                "count": count,
                "url": f"?show={code}" if code else "?",
                "active": code == self.show,
            }
            for code, label, count in tabs
        ]

    def get_sheet(self, most: int) -> Sheet:
        keys = list(self.get_rows().values_list("pk", flat=True)[:most])
        shown = [str(each["label"]) for each in self.get_tabs() if each["active"] and self.show]
        told = self.told + [(str(_("Shown")), label) for label in shown]
        return Sheet(str(PARTIES), party_sheet.header(), keys, self.get_cells, told)

    def get_cells(self, keys: Sequence[int]) -> list[tuple[str, ...]]:
        found = self.get_rows().in_bulk(list(keys))
        return [party_sheet.masked_cells(found[key]) for key in keys if key in found]

    def get_lines(self, rows: Sequence[Party]) -> list[Line]:
        """Return the rows of a page; the first of each side names it, unless only one is shown."""
        seen, before, lines = seen_of(self.actor, rows, self.record.enterprise_id), "", []
        for each in rows:
            begins = each.get_side_display() if each.side != before and self.show not in Side.values else ""
            lines.append(Line(as_shown(each, seen), masked_identity(each.identity), begins))
            before = each.side
        return lines

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        page = self.page_of(self.get_rows())
        may_record = allows(self.actor, Permission.RECORD_DISPUTES) and not self.record.is_voided
        return super().get_context_data(
            shown=page,
            lines=self.get_lines(list(page.object_list)),
            tabs=self.get_tabs(),
            counts=self.counts,
            missing=MISSING,
            is_missing=self.show == MISSING,
            opened_url=reverse("disputes:party_sheet_opened", args=[self.record.pk]),
            may_open=allows(self.actor, Permission.OPEN_PERSON),
            may_record=may_record,
            may_correct=allows(self.actor, Permission.CORRECT_DISPUTES) and not self.record.is_voided,
            add_url=reverse("disputes:party_add", args=[self.record.pk]),
            sheet_url=reverse("disputes:party_sheet", args=[self.record.pk]),
            **context,
        )
