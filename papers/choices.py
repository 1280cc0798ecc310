"""Choices of papers."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AuditAction(StrEnum):
    """Acts in the audit log."""

    ISSUE = "paper.issue"
    CORRECT = "paper.correct"
    VOID = "paper.void"
    SERVE = "paper.serve"
    RECEIVE = "paper.receive"
    ATTACH = "paper.attach"
    CORRECT_SERVICE = "paper.correct_service"
    LETTERHEAD = "letterhead.change"
    PUBLISH = "paper_template.publish"


class Way(models.TextChoices):
    """How a paper was served 送达方式."""

    DIRECT = "direct", _("handed over")
    LEFT = "left", _("left with a witness")
    MAIL = "mail", _("by mail")
    PORTAL = "portal", _("in the portal")
    OTHER = "other", _("another way")


WAYS = {  # as papers say it, which are Chinese in every language
    Way.DIRECT: "直接送达",
    Way.LEFT: "留置送达",
    Way.MAIL: "邮寄送达",
    Way.PORTAL: "网上签收",
    Way.OTHER: "其他方式",
}


class PaperState(models.TextChoices):
    """What a number stands for today."""

    ISSUED = "issued", _("issued, not served")
    KEPT = "kept", pgettext_lazy("paper that is not served", "issued")  # of the police alone
    SERVED = "served", _("served")
    CORRECTED = "corrected", _("replaced by a correction")
    VOIDED = "voided", _("voided")
