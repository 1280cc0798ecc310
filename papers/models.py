"""Papers, what their numbers and heads are made of, how they were served, and a bureau's own templates."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises.models.enterprise import Enterprise
from foundation.accounts.models import Bureau, Station
from foundation.accounts.models.editing import Editable
from foundation.contributions.papers import forms
from foundation.database.sealed import SealedJSONField
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import (
    STATIONS,
    BureauPolicy,
    CompositeForeignKey,
    Policy,
    StationPolicy,
)
from papers.choices import PaperState, Way

TOLD_AFTER = 3  # attempts to make the file of a paper


class IssuerPolicy(Policy):
    """The station that issued a paper reads it, wherever the enterprise is now: its register explains each number."""

    def policies(self, model: Any, quote: Any) -> dict[str, str]:
        return {self.name: f"FOR SELECT USING ({quote('issued_by_station_id')} = {STATIONS})"}


class Letterhead(Editable):
    """What stands on the papers of one station besides their content. Without it no paper is issued.

    ``abbreviation`` begins each number: 东公（开）.
    """

    EDITABLE = ("authority", "abbreviation", "telephone", "review_by", "court")

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    station = models.OneToOneField(Station, on_delete=models.PROTECT, related_name="letterhead")
    authority = models.CharField(
        _("authority"), max_length=120, help_text=_("As on the seal, such as 清河市公安局东江分局.")
    )
    abbreviation = models.CharField(
        _("beginning of the numbers"),
        max_length=30,
        help_text=_("Such as 东公（开）, to which the form adds 限字, the year and the number."),
    )
    telephone = models.CharField(_("telephone"), max_length=40)
    review_by = models.CharField(
        _("administrative review by"), max_length=120, help_text=_("Such as 东江区人民政府.")
    )
    court = models.CharField(_("court"), max_length=120, help_text=_("Such as 东江区人民法院."))

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")
        constraints = [
            BureauPolicy(name="letterhead_rls", read=("police", "system"), write=("police", "system"))
        ]

    def __str__(self) -> str:
        return self.authority


class Series(models.Model):
    """The last number that a station has given to papers of one form in one year.

    The counter is raised in the transaction that issues the paper, so that numbers have no gap and come once.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [
            models.UniqueConstraint(fields=["station", "form", "year"], name="paperseries_once"),
            models.CheckConstraint(condition=Q(last__gte=1), name="paperseries_begun"),
            BureauPolicy(name="paperseries_rls", read=("police", "system"), write=("police", "system")),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.year}: {self.last}"


class PaperTemplate(models.Model):
    """A bureau's own Word template of a form, under a version. Papers name the one they were made with."""

    append_only = True

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    form = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    note = models.CharField(_("what is new"), max_length=200)
    published_by = models.CharField(max_length=80, blank=True)
    published_by_id = models.BigIntegerField(default=0)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["form", "-version"]
        verbose_name = _("paper template")
        verbose_name_plural = _("paper templates")
        constraints = [
            models.UniqueConstraint(fields=["bureau", "form", "version"], name="papertemplate_once"),
            BureauPolicy(name="papertemplate_rls", read=("police", "system"), write=("police", "system")),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.version}"


class Paper(models.Model):
    """A paper 文书 that was issued to an enterprise. Number, data and template never change.

    A correction is another paper with the same number and the next ``version`` that names this one; voiding leaves the
    number. ``records`` are the ids of what it is about by kind. ``data`` are the values that filled the template; the
    file is made from them after issuing, or when somebody first opens it, and is the same whenever it is made.

    The station that has custody of the enterprise sees it, and the station that issued it, in whose register the
    number stands.
    """

    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    issued_by_station_id = models.BigIntegerField()
    form = models.CharField(_("form"), max_length=40)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    number_text = models.CharField(_("paper number"), max_length=80)
    form_key = models.CharField(max_length=80, blank=True)
    enterprise_name = models.CharField(_("enterprise"), max_length=200)  # as on the paper
    records = models.JSONField(default=dict)
    data = SealedJSONField(purpose="papers.data")
    data_sha256 = models.CharField(max_length=64)
    data_sm3 = models.CharField(max_length=64)
    template = models.CharField(max_length=60)  # "shipped/1", or the key of a bureau's own
    template_version = models.PositiveSmallIntegerField()
    template_sha256 = models.CharField(max_length=64)
    file_key = models.CharField(max_length=60, null=True)  # null until the file was made
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_sm3 = models.CharField(max_length=64, blank=True)
    # how often making the file has failed, and when it is tried again
    file_tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    file_again_at = models.DateTimeField(null=True)
    issued_on = models.DateField(_("issued on"))
    issued_at = models.DateTimeField(auto_now_add=True)
    issued_by = models.CharField(_("issued by"), max_length=80, blank=True)
    issued_by_id = models.BigIntegerField(default=0)
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    correction_reason = models.TextField(blank=True)
    corrected_at = models.DateTimeField(null=True)
    served_on = models.DateField(_("served on"), null=True)
    voided_at = models.DateTimeField(null=True)
    voided_by = models.CharField(max_length=80, blank=True)
    void_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-issued_on", "-pk"]
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        indexes = [
            models.Index(fields=["enterprise", "form"], name="paper_enterprise_idx"),
            models.Index(fields=["station", "issued_on"], name="paper_station_idx"),
            models.Index(fields=["station"], condition=Q(file_key=None), name="paper_without_file_idx"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["issued_by_station_id", "form", "year", "number", "version"], name="paper_number_once"
            ),
            models.UniqueConstraint(
                fields=["enterprise", "form_key"], condition=~Q(form_key=""), name="paper_form_once"
            ),
            models.UniqueConstraint(fields=["id", "enterprise", "station"], name="paper_enterprise_key"),
            StationPolicy(name="paper_rls", enterprise="enterprise"),
            IssuerPolicy(name="paper_issuer_rls"),
            CompositeForeignKey(
                name="paper_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
            CompositeForeignKey(
                name="paper_corrects_fk",
                columns=("corrects_id", "enterprise_id", "station_id"),
                to="papers.Paper",
                to_columns=("id", "enterprise_id", "station_id"),
            ),
            Kept(
                name="paper_kept",
                columns=(
                    *("enterprise_id", "issued_by_station_id", "form", "year", "number", "version"),
                    *(
                        "number_text",
                        "form_key",
                        "enterprise_name",
                        "records",
                        "data",
                        "data_sha256",
                        "data_sm3",
                    ),
                    *("template", "template_version", "template_sha256", "issued_on", "issued_at"),
                    *("issued_by", "issued_by_id", "corrects_id", "correction_reason"),
                ),
                once=(
                    ("file_key", "file_sha256", "file_sm3"),
                    ("corrected_at",),
                    ("voided_at", "voided_by", "void_reason"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number_text if self.version == 1 else f"{self.number_text} · {self.version}"

    @property
    def title(self) -> str:
        """The name of its form in the reader's language."""
        declared = forms.get(self.form)
        return str(declared.title) if declared else self.form

    @property
    def file_name(self) -> str:
        """The name of its file, without an ending."""
        declared = forms.get(self.form)
        return f"{declared.official_title if declared else self.form} {self.number_text}"

    @property
    def state(self) -> PaperState:
        """What its number stands for today."""
        if self.voided_at:
            return PaperState.VOIDED
        if self.corrected_at:
            return PaperState.CORRECTED
        if self.is_internal:
            return PaperState.KEPT
        return PaperState.SERVED if self.served_on else PaperState.ISSUED

    @property
    def lacks_file(self) -> bool:
        """Whether making its file has failed so often that somebody was told."""
        return self.file_key is None and self.file_tries >= TOLD_AFTER

    @property
    def is_internal(self) -> bool:
        """Whether the police keep it: the enterprise neither sees nor gets it."""
        declared = forms.get(self.form)
        return declared is not None and declared.internal

    @property
    def is_valid(self) -> bool:
        """Whether it is the paper that counts: neither voided nor replaced."""
        return not (self.voided_at or self.corrected_at)


class Service(models.Model):
    """Service of a paper 送达, or that it was refused. Rows are never changed; a wrong one is followed by a right one.

    ``refused``: the enterprise did not take it, for the reason in ``note``; then it is served by leaving it with a
    witness. ``replaces``: what was recorded before was wrong, so that this day counts. ``by_enterprise``: its own people confirmed in the portal that they have it.
    """

    append_only = True

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="services", db_constraint=False)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    way = models.CharField(_("how"), max_length=10, choices=Way.choices)
    served_on = models.DateField(_("day"))
    refused = models.BooleanField(_("refused"), default=False)
    received_by = models.CharField(_("received by"), max_length=80, blank=True)
    servers = models.CharField(_("served by"), max_length=200, blank=True)
    witness = models.CharField(_("witness"), max_length=80, blank=True)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    replaces = models.BooleanField(default=False)
    by_enterprise = models.BooleanField(default=False)
    recorded_by = models.CharField(max_length=80, blank=True)
    recorded_by_id = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("service of a paper")
        verbose_name_plural = _("services of papers")
        indexes = [models.Index(fields=["station"], name="paperservice_station_idx")]
        constraints = [
            StationPolicy(name="paperservice_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="paperservice_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
            CompositeForeignKey(
                name="paperservice_paper_fk",
                columns=("paper_id", "enterprise_id", "station_id"),
                to="papers.Paper",
                to_columns=("id", "enterprise_id", "station_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()} {self.served_on}"


class SignedCopy(models.Model):
    """A scan or photo of a paper with its signatures 签名件. Rows are never changed; a better scan is another row.

    The digests are of the bytes that are kept under ``key``.
    """

    append_only = True

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="copies", db_constraint=False)
    enterprise = models.ForeignKey(
        Enterprise, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=160)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    key = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    added_by = models.CharField(max_length=80, blank=True)
    added_by_id = models.BigIntegerField(default=0)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("signed copy")
        verbose_name_plural = _("signed copies")
        indexes = [models.Index(fields=["station"], name="papercopy_station_idx")]
        constraints = [
            models.UniqueConstraint(fields=["paper", "enterprise", "sha256"], name="papercopy_once"),
            StationPolicy(name="papercopy_rls", enterprise="enterprise"),
            CompositeForeignKey(
                name="papercopy_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
            CompositeForeignKey(
                name="papercopy_paper_fk",
                columns=("paper_id", "enterprise_id", "station_id"),
                to="papers.Paper",
                to_columns=("id", "enterprise_id", "station_id"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
