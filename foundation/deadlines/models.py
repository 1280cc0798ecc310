"""What a bureau changed in the time limits that no law fixes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import Bureau, OfPerson
from foundation.contributions.time_limits import time_limits
from foundation.deadlines.choices import DayKind
from foundation.deadlines.counting import Length, Unit
from foundation.tenancy.policies import BureauPolicy, CompositeForeignKey, PersonPolicy


class LimitChange(models.Model):
    """Change of a time limit 期限调整: from a day on, this bureau counts so many days instead of the shipped default.

    Written by a supervisor with a reason and never changed; the next change follows it. The latest one whose
    ``effective_from`` has come applies to limits that begin from then on. Those that have begun keep their rule. All
    people of the bureau may read it, enterprises included, because they are bound by it. The moment comes from the
    database.
    """

    append_only = True

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(_("time limit"), max_length=60)
    number = models.PositiveSmallIntegerField(_("length"))
    unit = models.CharField(_("counted in"), max_length=8, choices=DayKind.choices)
    effective_from = models.DateField(_("in force from"))
    reason = models.TextField(_("reason"), max_length=2000)
    changed_by_id = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(_("changed"), auto_now_add=True)

    class Meta:
        ordering = ["-effective_from", "-id"]
        verbose_name = _("change of a time limit")
        verbose_name_plural = _("changes of time limits")
        indexes = [models.Index(fields=["bureau", "code", "effective_from"], name="limitchange_rule_idx")]
        constraints = [
            models.CheckConstraint(condition=models.Q(number__gte=1), name="limitchange_has_days"),
            BureauPolicy(name="limitchange_rls", write=("police", "system")),
        ]

    def __str__(self) -> str:
        found = time_limits.get(self.code)
        return str(found.title) if found else self.code

    @property
    def length(self) -> Length:
        return Length(self.number, Unit(self.unit))


class CalendarFeed(OfPerson):
    """Calendar address 日历订阅 of one person in one role, under which a calendar program reads the open work.

    The address is signed over the role and ``key``; a new key is a new address, and without the row none works. It has
    no name of its own: the log tells addresses apart by their language, called as it calls itself.
    """

    deletable = True

    key = models.CharField(max_length=32)
    language = models.CharField(max_length=16)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints = [
            models.UniqueConstraint(fields=["grant"], name="calendarfeed_once"),
            CompositeForeignKey(
                name="calendarfeed_grant_fk",
                columns=("grant_id", "bureau_id", "user_id"),
                to="accounts.RoleGrant",
                to_columns=("id", "bureau_id", "user_id"),
            ),
            PersonPolicy(name="calendarfeed_rls"),
        ]

    def __str__(self) -> str:
        return dict(settings.LANGUAGES).get(self.language, self.language)
