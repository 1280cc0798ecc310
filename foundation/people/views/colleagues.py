"""The colleagues of an enterprise's security manager: who has access, inviting, taking access away."""

from typing import Any

from django.forms import BaseForm
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from foundation.accounts import operations, selectors
from foundation.accounts.access import Permission
from foundation.accounts.choices import Role
from foundation.accounts.models import RoleGrant
from foundation.accounts.operations.colleagues import MOST_COLLEAGUES
from foundation.accounts.operations.people import INVITATION_VALID
from foundation.people.forms import ColleagueForm
from foundation.ui.forms import ReasonForm
from foundation.ui.views import ActPage, ButtonPage, CreatePage, Crumb, Page, ShownOnce

TITLE = gettext_lazy("Colleagues")


class OfEnterprise(Page):
    """A page about the people of the actor's own enterprise."""

    permission = Permission.INVITE_COLLEAGUES

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("accounts:colleagues"))]

    def get_back_url(self) -> str:
        return reverse("accounts:colleagues")


class Colleagues(OfEnterprise, TemplateView):
    """Everybody who has access for the enterprise."""

    title = TITLE
    template_name = "accounts/colleagues.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = list(selectors.list_colleagues(self.actor))
        staff = sum(row.role == Role.ENTERPRISE_STAFF for row in rows)
        return super().get_context_data(
            rows=rows, staff=staff, most=MOST_COLLEAGUES, is_full=staff >= MOST_COLLEAGUES, **context
        )


class ColleagueLink(OfEnterprise, ShownOnce):
    """Answers with the invitation link, once. The operation returned the person and the token."""

    shown_template = "accounts/colleague_link.html"

    def get_shown(self) -> dict[str, Any]:
        person, token = self.result
        link = self.request.build_absolute_uri(reverse("accounts:invitation", args=[token]))
        return {"person": person, "link": link, "days": INVITATION_VALID.days}


class ColleagueInvite(ColleagueLink, CreatePage):
    """Give a colleague access. The response shows the invitation link."""

    title = gettext_lazy("Invite a colleague")
    text = gettext_lazy(
        "Your colleague can record self-checks, activities and hazards and submit what was rectified, as you do."
        " Only you and the police station can give and take away access."
    )
    form_class = ColleagueForm
    tries_out = True
    submit_label = gettext_lazy("Invite and create link")

    def perform(self, form: BaseForm) -> Any:
        return operations.invite_colleague(actor=self.actor, **self.values(form))


class ColleagueRenew(ColleagueLink, ButtonPage):
    """A new link for a colleague who has not used the first one."""

    def perform(self) -> Any:
        return operations.renew_invitation(actor=self.actor, grant_id=self.kwargs["pk"])


class ColleagueRemove(OfEnterprise, ActPage):
    """Take a colleague's access away, with a reason."""

    title = gettext_lazy("Take this access away?")
    form_class = ReasonForm
    submit_label = gettext_lazy("Take the access away")
    done_text = gettext_lazy("The access was taken away.")
    danger = True

    def find_record(self) -> RoleGrant:
        return (
            selectors.list_colleagues(self.actor).filter(role=Role.ENTERPRISE_STAFF).get(pk=self.kwargs["pk"])
        )

    def get_text(self) -> str:
        return _("%(name)s can no longer see or record anything for your enterprise.") % {
            "name": self.record.user
        }

    def perform(self, form: BaseForm) -> RoleGrant:
        return operations.remove_colleague(actor=self.actor, grant_id=self.record.pk, **self.values(form))
