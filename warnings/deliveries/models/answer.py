"""What a department says of a message, or of one enterprise in it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from deliveries.choices import Progress
from deliveries.models.subscription import Subscription
from foundation.accounts.models import Bureau, Department
from foundation.tenancy.policies import CompositeForeignKey, DepartmentPolicy


class Answer(models.Model):
    """One thing that a department said 反馈: how far it is, in words, or both. Later ones stand beside it, in their order.

    ``enterprise_id`` is that of a rated enterprise of the message, 0 for the message as a whole. ``progress`` "" leaves the
    one before. Whoever acts writes a row of their own, so nobody overwrites anybody; :class:`Receipt` keeps the last words
    about the whole message. The moment comes from the database.

    The department reads its own, the bureau's supervisors all, the people of a station those about their enterprises
    (:mod:`deliveries.answers`).
    """

    append_only = True

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    subscription = models.ForeignKey(
        Subscription, on_delete=models.PROTECT, related_name="answers", db_constraint=False, db_index=False
    )
    sequence = models.PositiveBigIntegerField(_("number"))
    enterprise_id = models.BigIntegerField(default=0)
    progress = models.CharField(_("progress"), max_length=8, choices=Progress.choices, blank=True)
    text = models.TextField(_("feedback"), max_length=4000, blank=True)
    at = models.DateTimeField(_("when"))
    by_id = models.BigIntegerField(default=0)  # the user; 0 for a key
    by_name = models.CharField(_("by"), max_length=80)

    class Meta:
        ordering = ["id"]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        indexes = [
            models.Index(fields=["subscription", "sequence", "id"], name="answer_message_idx"),
            models.Index(fields=["bureau", "enterprise_id", "-id"], name="answer_enterprise_idx"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(progress="") | ~Q(text=""), name="answer_says_something"),
            CompositeForeignKey(
                name="answer_event_fk",
                columns=("subscription_id", "sequence", "bureau_id", "department_id"),
                to="deliveries.Event",
                to_columns=("subscription_id", "sequence", "bureau_id", "department_id"),
            ),
            DepartmentPolicy(
                name="answer_rls", read=("police", "department", "system"), write=("department", "system")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} · {self.enterprise_id}"  # the audit log stores it, so it is not translated
