"""Bureaus, their stations and their partner departments."""

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.accounts.choices import DepartmentKind
from foundation.accounts.models.editing import Editable
from foundation.identifiers import IdentifierField, compact, organisation_code

CODE = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", _("Use only letters, digits, dots, hyphens and underscores.")
)
PERIOD_CODE = RegexValidator(r"^[0-9]{4}Q[1-4]$", _("Enter a quarter such as 2026Q3."))


class Bureau(Editable):
    """Public-security bureau 分局: the tenant. Written by the platform operator."""

    tenancy = "directory"
    EDITABLE = ("name", "rates_from", "cut_off_days")

    code = IdentifierField(
        _("code"),
        max_length=32,
        unique=True,
        normalise=organisation_code,
        validators=[CODE],
        error_messages={"unique": _("This code is already in use.")},
    )
    name = models.CharField(_("name"), max_length=120)
    rates_from = IdentifierField(
        _("automatic rating from"),
        max_length=6,
        blank=True,
        normalise=compact,
        validators=[PERIOD_CODE],
        help_text=_(
            "First quarter that is rated automatically, such as 2026Q3. Leave empty for no automatic rating."
        ),
    )
    cut_off_days = models.PositiveSmallIntegerField(
        _("cut-off days"),
        default=3,
        validators=[MaxValueValidator(60)],
        help_text=_("Days after the end of a quarter for entering its last facts before it is rated."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("bureau")
        verbose_name_plural = _("bureaus")

    def __str__(self) -> str:
        return self.name


class Station(Editable):
    """Police station 派出所: has custody of the enterprises of its area. Written by the platform operator."""

    tenancy = "directory"
    EDITABLE = ("name",)

    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="stations", verbose_name=_("bureau")
    )
    code = IdentifierField(_("code"), max_length=32, validators=[CODE], normalise=organisation_code)
    name = models.CharField(_("name"), max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("police station")
        verbose_name_plural = _("police stations")
        constraints = [models.UniqueConstraint(fields=["bureau", "code"], name="station_code_unique")]

    def __str__(self) -> str:
        return self.name


class Department(Editable):
    """Partner department 部门 of a bureau: receives colours, acknowledges them, gives feedback."""

    tenancy = "directory"
    EDITABLE = ("name", "kind")

    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, related_name="departments", verbose_name=_("bureau")
    )
    code = IdentifierField(_("code"), max_length=32, validators=[CODE], normalise=organisation_code)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=16, choices=DepartmentKind.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.UniqueConstraint(fields=["bureau", "code"], name="department_code_unique"),
            models.UniqueConstraint(fields=["id", "bureau"], name="department_bureau_key"),
        ]

    def __str__(self) -> str:
        return self.name
