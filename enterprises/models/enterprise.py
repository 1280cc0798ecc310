"""An enterprise in the register."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from enterprises.choices import Colour, KeyUnitClass, ProtectionLevel
from enterprises.search_keys import POLICE_TEXT_LENGTH, SEARCH_TEXT_LENGTH, SORT_KEY_LENGTH
from foundation.accounts.models import Bureau, Station
from foundation.identifiers import IdentifierField, compact, phone_number
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import StationPolicy, UndonePolicy

# GB 32100-2015 with its amendment: authority (A: the military, N: agriculture, Y: others), category, division, body and
# check character. I, O, S, V and Z are not used.
_CREDIT_CODE = re.compile(r"[0-9ANY][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
CREDIT_CODE_LENGTH = 18


def validate_credit_code(value: str) -> None:
    """Check the format and check character of a unified social credit code (GB 32100-2015), not its district."""
    code = compact(value)
    if len(code) != CREDIT_CODE_LENGTH:
        raise ValidationError(
            _("A unified social credit code has 18 characters; this one has %(count)d."),
            params={"count": len(code)},
        )
    if not _CREDIT_CODE.fullmatch(code):
        raise ValidationError(
            _(
                "Not a valid unified social credit code: a character is not allowed where it stands. "
                "The letters I, O, S, V and Z are not used."
            )
        )
    if code[-1] != uscc.calc_check_digit(code):
        raise ValidationError(_("Not a valid unified social credit code: the check character is wrong."))


class Enterprise(models.Model):
    """Enterprise 企业/单位 in the register of a station.

    ``station`` has custody *now*; :class:`Custody` has the earlier custodians. Facts refer to the pair (enterprise,
    station), so a hand-over is one UPDATE of this row. Whether it is on the register on a day follows from
    ``registered_on`` and :class:`Inactivity`, never from a status column. Only publishing a rating writes ``colour``,
    ``score``, ``rated_period``, ``rated_on`` (the day the rating in force took effect) and ``cycle_days``; publishing
    and every inspection write ``next_inspection_on`` (:mod:`enterprises.publishing`). One whose import was undone
    (``undone_at``) is seen by nobody, as if it had never been on the register.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, related_name="+", verbose_name=_("police station"), db_index=False
    )
    external_id = models.CharField(_("number in the source"), max_length=64, blank=True)
    name = models.CharField(_("name"), max_length=200)
    credit_code = IdentifierField(
        _("unified social credit code"),
        max_length=CREDIT_CODE_LENGTH,
        blank=True,
        validators=[validate_credit_code],
        normalise=compact,
    )
    site = models.CharField(
        _("site"), max_length=40, blank=True, help_text=_("Distinguishes several sites of one legal entity.")
    )
    address = models.CharField(_("address"), max_length=300, blank=True)
    division_code = IdentifierField(
        _("administrative division"),
        max_length=6,
        blank=True,
        normalise=compact,
        validators=[RegexValidator(r"^\d{6}$", _("Six digits (GB/T 2260)."))],
    )
    street = models.CharField(_("street or township"), max_length=64, blank=True, db_default="")
    industry_code = IdentifierField(
        _("industry"),
        max_length=5,
        blank=True,
        normalise=compact,
        validators=[
            RegexValidator(r"^[A-T](\d{2}(\d{1,2})?)?$", _("A letter and up to four digits (GB/T 4754)."))
        ],
    )
    category = models.CharField(_("category"), max_length=64, blank=True)
    legal_representative = models.CharField(_("legal representative"), max_length=80, blank=True)
    responsible_person = models.CharField(_("responsible person"), max_length=80, blank=True)
    security_chief = models.CharField(_("security chief"), max_length=80, blank=True)
    phone = IdentifierField(_("phone"), max_length=40, blank=True, normalise=phone_number)
    headcount = models.PositiveIntegerField(
        _("headcount"), null=True, blank=True, validators=[MaxValueValidator(5_000_000)]
    )
    key_unit_class = models.CharField(
        _("key security unit"), max_length=2, blank=True, choices=KeyUnitClass.choices
    )
    protection_level = models.CharField(
        _("protection level"), max_length=1, blank=True, choices=ProtectionLevel.choices, db_default=""
    )
    dangerous_goods = models.BooleanField(_("keeps dangerous goods"), default=False)
    registered_on = models.DateField(
        _("on the register since"),
        null=True,
        blank=True,
        help_text=_("Leave empty if it has always been on the register."),
    )
    source_values = models.JSONField(_("kept from the source"), default=dict, blank=True)

    colour = models.CharField(_("colour"), max_length=6, choices=Colour.choices, default=Colour.GREY)
    score = models.DecimalField(_("score"), max_digits=4, decimal_places=1, null=True, blank=True)
    rated_period = models.CharField(max_length=6, blank=True)
    rated_on = models.DateField(null=True, blank=True)
    cycle_days = models.PositiveSmallIntegerField(_("inspection cycle (days)"), null=True, blank=True)
    next_inspection_on = models.DateField(_("next inspection"), null=True, blank=True)

    search_text = models.CharField(max_length=SEARCH_TEXT_LENGTH, blank=True, editable=False)
    # what only police roles search in: departments may read search_text
    police_text = models.CharField(max_length=POLICE_TEXT_LENGTH, blank=True, editable=False, db_default="")
    sort_key = models.CharField(max_length=SORT_KEY_LENGTH, blank=True, editable=False)
    undone_at = models.DateTimeField(null=True, blank=True, editable=False)  # its import was undone
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("enterprise")
        verbose_name_plural = _("enterprises")
        indexes = [
            models.Index(fields=["station", "sort_key", "id"], name="enterprise_station_idx"),
            models.Index(fields=["bureau", "sort_key", "id"], name="enterprise_bureau_idx"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "station"], name="enterprise_custody_key"),
            models.UniqueConstraint(
                fields=["bureau", "credit_code", "site"],
                condition=~models.Q(credit_code="") & models.Q(undone_at=None),
                name="enterprise_credit_code_unique",
            ),
            models.UniqueConstraint(
                fields=["bureau", "external_id"],
                condition=~models.Q(external_id="") & models.Q(undone_at=None),
                name="enterprise_external_id_unique",
            ),
            StationPolicy(name="enterprise_rls", enterprise="id", departments="true"),
            UndonePolicy(name="enterprise_undone"),
            Kept(name="enterprise_kept", columns=("created_at",), once=(("undone_at",),)),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def audited_enterprise_id(self) -> int:
        """The enterprise that the audit log files entries about this object under."""
        return self.pk
