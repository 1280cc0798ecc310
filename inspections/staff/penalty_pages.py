"""Pages of penalties: for the police, and for an enterprise what was imposed on it as a unit."""

from collections.abc import Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django import forms
from django.forms import BaseForm
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from facts.operations import VOIDED
from facts.staff.forms import NewFactForm
from facts.staff.pages import FactPages
from facts.staff.tables import FactFilter, FactTable, day_column
from facts.staff.views import FactCreate, FactRecord, OfFact
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.ids import LARGEST_ID, id_of
from foundation.ui.filters import PicksFilter
from foundation.ui.forms import choices_of
from foundation.ui.tables import Opening
from foundation.ui.views import ActPage, Button
from foundation.words import Words
from inspections.access import Permission
from inspections.choices import HazardState, PenaltyKind, PenaltyTarget
from inspections.models import Hazard, Penalty
from inspections.penalising import PENALTY_WRITES, hazard_of, hazards_to_link, link_penalty, penalties_for
from inspections.staff.panels import panel


class NewPenaltyForm(NewFactForm):
    """A new penalty; ``hazard`` is the number of the hazard whose page links here."""

    hazard = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=LARGEST_ID)


class PenaltyCreate(FactCreate):
    """A new penalty, imposed for the hazard whose page links here, or for none."""

    def get_initial(self) -> dict[str, Any]:
        hazard = hazard_of(self.actor, id_of(self.given("hazard")))
        initial = super().get_initial()
        return initial | {"hazard": hazard.pk, "enterprise": hazard.enterprise} if hazard else initial


class PenaltyRecord(FactRecord):
    """A penalty, with a link to the hazard for which it was imposed."""

    template_name = "inspections/about.html"
    record: Penalty

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        about = None
        if hazard := hazard_of(self.actor, self.record.hazard_id):
            url = reverse("inspections:hazard", args=[hazard.pk])
            about = {"kind": Hazard._meta.verbose_name, "record": hazard, "url": url}
        return super().get_context_data(about=about, **context)


class LinkForm(forms.Form):
    """The hazard for which a penalty was imposed."""

    hazard = forms.TypedChoiceField(label=_("Hazard"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, hazards: Sequence[Hazard] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        named = [(each.pk, f"{each} · {each.found_on.isoformat()} · {each.state.label}") for each in hazards]
        choices_of(self, "hazard").choices = [("", _("None")), *named]


class PenaltyLink(OfFact, ActPage):
    """Say later for which hazard a penalty was imposed."""

    form_class = LinkForm
    title = _("Link to a hazard")
    text = _("The penalty then stands on the page of the hazard, too.")
    submit_label = _("Save")
    done_text = _("The hazard of the penalty was named.")
    record: Penalty

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"hazards": hazards_to_link(self.actor, self.record)}

    def get_initial(self) -> dict[str, Any]:
        return {"hazard": self.record.hazard_id or ""}

    def get_refusal(self) -> Words:
        return VOIDED if self.record.is_voided else ""

    def perform(self, form: BaseForm) -> Penalty:
        return link_penalty(
            actor=self.actor, id=self.record.pk, version=self.version(form), **self.values(form)
        )


class PenaltyFilter(FactFilter):
    """Filters penalties by what was imposed, and on whom."""

    day = "decided_on"
    kind = PicksFilter(label=_("Kind"), choices=PenaltyKind.choices, empty_label=_("All"))
    target = PicksFilter(label=_("Imposed on"), choices=PenaltyTarget.choices, empty_label=_("All"))


class PenaltyTable(FactTable):
    """Penalties by the number of the decision."""

    url_name = "inspections:penalty"
    main, line, own_line = "number", _("Enterprise"), _("Enterprise")
    number = tables.Column(verbose_name=_("Number of the decision"), orderable=False)
    kind = tables.Column(verbose_name=_("Kind"), orderable=False)
    target = tables.Column(verbose_name=_("Imposed on"), orderable=False)
    amount = tables.Column(verbose_name=_("Amount in yuan"), orderable=False)
    decided_on = day_column("decided_on", _("Decided on"))

    class Meta(FactTable.Meta):
        sequence = ("number", "kind", "target", "amount", "decided_on", "station")
        order_by = ("-decided_on",)

    def render_number(self, record: Penalty) -> Opening:
        return self.opening(record, record.number, "" if self.actor.is_enterprise else record.enterprise.name)


class PenaltyPages(FactPages):
    """Penalties that the police imposed, with their legal basis."""

    model, permission, icon = Penalty, Permission.VIEW_PENALTIES, "gavel"
    prefix, noun, nouns = "penalties/", "penalty", "penalties"
    fields = (
        *("decided_on", "number", "basis", "kind", "target", "amount"),
        *("hearing_noticed_on", "aggravation", "note"),
    )
    half = fields[:7]
    new_form = NewPenaltyForm
    create_view, record_view = PenaltyCreate, PenaltyRecord
    table, filter = PenaltyTable, PenaltyFilter
    writes = PENALTY_WRITES

    title = _("Penalties")
    new_label = _("Record a penalty")
    saved = _("The penalty was recorded.")
    empty_title = _("No penalties")
    empty_text = _("What was imposed stands here, with its legal basis and the number of the decision.")

    def urls(self) -> list[URLPattern]:
        link = PenaltyLink.as_view(pages=self, permission=Permission.CORRECT_PENALTIES)
        return [path("penalties/<int:id>/link/", link, name="penalty_link"), *super().urls()]

    def links(self, actor: Actor, fact: Penalty) -> list[Button]:
        if not allows(actor, Permission.CORRECT_PENALTIES):
            return []
        label = _("Link to another hazard") if fact.hazard_id else _("Link to a hazard")
        return [Button(label, reverse("inspections:penalty_link", args=[fact.pk]), "link", is_primary=False)]


@panel("inspections/_penalties.html")
def _of_hazard(actor: Actor, hazard: Hazard, _log: Sequence[AuditEntry]) -> Mapping[str, Any] | None:
    found = penalties_for(actor, hazard) if hazard.has_penalties is not False else []
    is_late = hazard.state in (HazardState.OVERDUE, HazardState.REFUSED)
    may_record = is_late and allows(actor, Permission.RECORD_PENALTIES)
    return {"penalties": found, "may_record": may_record} if found or may_record else None
