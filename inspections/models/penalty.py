"""Penalties that the police imposed."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from facts.dates import check_days
from facts.models import Fact, fact_constraints
from foundation.faults import Faults
from inspections.bases import BY_CODE, CHOICES
from inspections.choices import PenaltyKind, PenaltyTarget

NO_AGGRAVATION = _(
    "Being overdue alone carries no fine. Enter the injury, the loss or the serious threat that there was."
)
NO_HEARING = _("A fine of this amount on an enterprise needs a hearing notice. Enter its day.")


class Penalty(Fact):
    """Penalty 行政处罚 for a hazard or a breach of duty: what was imposed on whom, on which legal basis, by which decision.

    ``hazard_id`` is the number of the hazard for which it was imposed, 0 without one. An enterprise sees what was imposed
    on it as a unit; what was imposed on persons is closed to enterprises and departments. It counts in no indicator. What
    its basis asks for is checked (:mod:`inspections.bases`).
    """

    dated_by = "decided_on"
    shown_to_enterprise = {"target": PenaltyTarget.UNIT}
    searched = ("number",)
    searched_by_police = ("number", "aggravation", "note")
    decided_on = models.DateField(_("decided on"))
    number = models.CharField(_("number of the decision"), max_length=60)
    basis = models.CharField(_("legal basis"), max_length=20, choices=CHOICES, default="421-19")
    kind = models.CharField(_("kind of penalty"), max_length=10, choices=PenaltyKind.choices)
    target = models.CharField(
        _("imposed on"), max_length=10, choices=PenaltyTarget.choices, default=PenaltyTarget.UNIT
    )
    amount = models.DecimalField(
        _("amount in yuan"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    hearing_noticed_on = models.DateField(_("hearing notice of"), null=True, blank=True)
    aggravation = models.TextField(
        _("aggravating fact"),
        blank=True,
        max_length=2000,
        help_text=_("Injury, loss of property, or a serious threat to persons, property or public safety."),
    )
    hazard_id = models.BigIntegerField(_("number of the hazard"), default=0, db_default=0, editable=False)

    class Meta:
        ordering = ["-decided_on", "-id"]
        verbose_name = _("penalty")
        verbose_name_plural = _("penalties")
        indexes = [
            models.Index(fields=["station", "decided_on"], name="penalty_station_idx"),
            models.Index(fields=["enterprise", "decided_on"], name="penalty_enterprise_idx"),
            models.Index(fields=["decided_on", "id"], name="penalty_latest_idx"),
        ]
        constraints = fact_constraints("penalty")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def clean(self) -> None:
        faults = Faults()
        with faults.of():
            late = _("The hearing notice cannot be later than the decision.")
            check_days(
                self,
                past=["decided_on", "hearing_noticed_on"],
                order=[("decided_on", "hearing_noticed_on", late)],
            )
        with faults.of():
            self._clean_amount()
        faults.refuse()

    def _clean_amount(self) -> None:
        errors: dict[str, object] = {}
        if self.kind != PenaltyKind.FINE:
            if self.amount is not None:
                errors["amount"] = _("Only a fine has an amount.")
        elif self.amount is None:
            errors["amount"] = _("Enter the amount of the fine.")
        elif basis := BY_CODE.get(self.basis):
            least, most = basis.fines.get(self.target, (None, None))
            if least is not None and most is not None and not least <= self.amount <= most:
                words = _("This basis allows a fine from %(least)s to %(most)s yuan here.")
                errors["amount"] = words % {"least": least, "most": most}
            if basis.needs_aggravation and not self.aggravation.strip():
                errors["aggravation"] = NO_AGGRAVATION
            is_heard = self.target == PenaltyTarget.UNIT and self.amount >= basis.unit_heard_from
            if is_heard and self.hearing_noticed_on is None:
                errors["hearing_noticed_on"] = NO_HEARING
        if errors:
            raise ValidationError(errors)
