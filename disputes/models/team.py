"""Who takes part in the mediation of a dispute."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from disputes.mediation.choices import TeamRole
from disputes.models.entered import Entered, entered, of_dispute_indexes
from disputes.people.sealed import PURPOSE
from foundation.database.sealed import SealedTextField


class TeamMember(Entered):
    """Somebody who takes part in the mediation: for whom, since when, and what became of the invitation.

    Answer, conflict of interest and leaving are each said once. Whoever has a conflict leads no session.
    ``accepted`` None: invited, no answer yet.
    """

    role = models.CharField(_("takes part for"), max_length=10, choices=TeamRole.choices)
    name = models.CharField(_("name"), max_length=80)
    organisation = models.CharField(_("organisation"), max_length=120, blank=True)
    telephone = models.CharField(_("telephone of the office"), max_length=40, blank=True)
    invited_on = models.DateField(_("invited on"))

    answered_on = models.DateField(null=True, editable=False)
    accepted = models.BooleanField(null=True, editable=False)
    answer_reason = SealedTextField(purpose=PURPOSE, max_length=500, blank=True, editable=False)
    conflict_on = models.DateField(null=True, editable=False)
    conflict_by = SealedTextField(purpose=PURPOSE, max_length=80, blank=True, editable=False)
    conflict_reason = SealedTextField(purpose=PURPOSE, max_length=500, blank=True, editable=False)
    left_on = models.DateField(null=True, editable=False)
    left_reason = SealedTextField(purpose=PURPOSE, max_length=500, blank=True, editable=False)

    class Meta:
        ordering = ["id"]
        verbose_name = _("member of the mediation team")
        verbose_name_plural = _("members of the mediation team")
        indexes = of_dispute_indexes("disputeteam")
        constraints = entered(
            "disputeteam",
            ("role", "name", "organisation", "telephone", "invited_on"),
            once=(
                ("answered_on", "accepted", "answer_reason"),
                ("conflict_on", "conflict_by", "conflict_reason"),
                ("left_on", "left_reason"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.get_role_display()})"

    @property
    def may_lead(self) -> bool:
        """Whether they may lead a session."""
        return bool(self.accepted) and self.conflict_on is None and self.left_on is None

    @property
    def takes_part(self) -> bool:
        """Whether they may be present: they have neither declined nor left."""
        return self.accepted is not False and self.left_on is None
