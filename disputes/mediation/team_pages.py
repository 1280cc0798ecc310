"""Pages of the mediation team: inviting somebody, what became of it, the invitation as a paper."""

from typing import Any

from django import forms
from django.forms import BaseForm
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from disputes.mediation import forms as own
from disputes.mediation import issuing, team
from disputes.mediation.entering import VOIDED_ENTRY
from disputes.mediation.forms import MemberForm, NoteForm
from disputes.mediation.paper_forms import INVITATION
from disputes.mediation.way_pages import IssuesPaper, OfDisputePage
from disputes.models import TeamMember
from foundation.ui.views import ActPage, CreatePage
from foundation.words import Words
from papers.models import Paper


class Invite(OfDisputePage, CreatePage):
    """Invite somebody to the team."""

    form_class = MemberForm
    key_is_stored = True
    tries_out = True
    title = gettext_lazy("Invite to the mediation team")
    text = gettext_lazy("The invitation as a paper with a number is issued from the list of the team.")
    submit_label = gettext_lazy("Add to the team")
    done_text = gettext_lazy("Added to the team.")

    def perform(self, form: BaseForm) -> TeamMember:
        return team.invite_member(
            actor=self.actor, dispute_id=self.record.pk, key=self.key(form), **self.values(form)
        )


class OfMember(OfDisputePage):
    """A page about one member of the team."""

    @cached_property
    def member(self) -> TeamMember:
        return team.get_member(self.record, self.kwargs["member"])

    def get_about(self) -> str:
        return f"{self.member} · {self.record}"


class MemberNote(OfMember, ActPage):
    """Record what became of a member: accepted, declined, in conflict, left, or entered wrongly."""

    form_class = NoteForm
    tries_out = True
    is_twice = False
    submit_label = pgettext_lazy("act", "Record")
    done_text = gettext_lazy("Recorded.")

    def get_title(self) -> Words:
        return self.member.name

    def get_refusal(self) -> Words:
        return VOIDED_ENTRY if self.member.voided_at else ""

    def get_done_text(self) -> Words:
        return _("This was recorded before. Nothing was changed.") if self.is_twice else self.done_text

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"member": self.member}

    def perform(self, form: BaseForm) -> TeamMember:
        given = self.values(form)
        what, reason = given["what"], given["reason"]
        place: dict[str, Any] = {
            "actor": self.actor,
            "dispute_id": self.record.pk,
            "member_id": self.member.pk,
            "reason": reason,
        }
        before = {
            own.WRONG: self.member.voided_at,
            own.CONFLICT: self.member.conflict_on,
            own.LEFT: self.member.left_on,
        }
        self.is_twice = bool(before.get(what, self.member.answered_on))  # else the operation refuses it
        if what == own.WRONG:
            return issuing.void_member(**place)
        place["on"] = given["on"]
        if what == own.CONFLICT:
            return team.say_conflict(**place, said_by=given["said_by"])
        if what == own.LEFT:
            return team.leave_team(**place)
        return team.answer_invitation(**place, accepted=what == own.ACCEPTED)


class Invitation(OfMember, IssuesPaper):
    """Issue the invitation of a member."""

    form_class = forms.Form
    title = INVITATION.title
    submit_label = gettext_lazy("Issue the invitation")

    def get_text(self) -> Words:
        return _("To %(name)s. It names the next planned session, if there is one.") % {"name": self.member}

    def perform(self, form: BaseForm) -> Paper:
        return issuing.issue_invitation(
            actor=self.actor,
            dispute_id=self.record.pk,
            member_id=self.member.pk,
            form_key=self.key(form),
        )
