"""Forms of orders to rectify: of one, with its hazards to choose from, and of many at once."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.ui.forms import day_field, reason_field
from inspections import orders
from inspections.findings import Finding
from inspections.models import Hazard
from inspections.staff.issuing_pages import NamesOfficers
from papers.models import Paper


class SaysOrder(forms.Form):
    """What every order says besides its hazards: on which basis, with photos or without."""

    basis = forms.CharField(label=gettext_lazy("Legal basis"), max_length=200, initial=orders.BASIS)

    def add_rest(self) -> None:
        """Add certificates and photos."""
        self.fields["certificate_shown"] = forms.BooleanField(
            label=_("The officers showed their certificates"),
            required=False,
            help_text=_("The order says so only then. Without it the enterprise may refuse the inspection."),
        )
        self.fields["with_photos"] = forms.BooleanField(
            label=_("Attach the photos of what was found"), required=False, initial=True
        )


class OrdersForm(SaysOrder):
    """The same for many orders at once. Who found the hazards and when is in the records, and not asked."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.add_rest()
        self.fields["measures"] = forms.CharField(
            label=_("Measures until it is put right"),
            required=False,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text=_("The same for each hazard."),
        )
        self.order_fields(["basis", "measures"])


class OrderForm(NamesOfficers, SaysOrder):
    """Which hazards, what the enterprise does until they are put right, who inspected when, on which basis.

    With a ``finding`` day and officers are those of the records, and only police numbers are typed.
    """

    inspected_on = day_field(gettext_lazy("Inspected on"))

    def __init__(
        self,
        *args: Any,
        hazards: list[Hazard],
        numbers: Sequence[tuple[str, str]],
        corrects: Paper | None,
        finding: Finding | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.hazards = hazards
        for each in hazards:
            self.fields[f"hazard_{each.pk}"] = forms.BooleanField(
                label=str(each),
                required=False,
                widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
            )
            self.fields[f"measures_{each.pk}"] = forms.CharField(
                label=_("Measures until it is put right"),
                required=False,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.add_officers(numbers, only=len(finding.names) if finding else None)
        self.add_rest()
        if finding:
            self.fields["inspected_on"].disabled = True
        if corrects is not None:
            self.fields["reason"] = reason_field(label=_("What was wrong"))

    def clean(self) -> None:
        """Refuse the form if a hazard that was chosen can no longer be in an order, rather than leave it out."""
        known = {f"hazard_{each.pk}" for each in self.hazards}
        if any(name.startswith("hazard_") and name not in known for name in self.data):
            words = _(
                "One of the hazards you chose can no longer be in this order: it was submitted, closed, became overdue, "
                "or is in another order. Check the remaining hazards and issue the order again."
            )
            raise forms.ValidationError(words)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The hazards with their two fields."""
        return [
            {"hazard": each, "box": self[f"hazard_{each.pk}"], "measures": self[f"measures_{each.pk}"]}
            for each in self.hazards
        ]
