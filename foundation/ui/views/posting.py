"""What pages that write do about a form that was shown under another role than the one it is sent under."""

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.response import SimpleTemplateResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django_htmx.http import trigger_client_event

from foundation.accounts.middleware import SESSION_GRANT, missing_second_factor, origin_of
from foundation.accounts.operations import act_as
from foundation.accounts.selectors import actor_for
from foundation.ids import id_of
from foundation.tenancy.scope import station_scope
from foundation.ui.forms import ACTING, GUARDS
from foundation.ui.views.reading import Page

SHOW_AS = "show_as"
IN_ROW = "act-"  # begins the id of the place in a row where a small form is shown
LEFT_OUT = frozenset({ACTING, SHOW_AS, "csrfmiddlewaretoken"})
_CODE = re.compile(r"\s*|[\d.,:-]+|true|false|on|[a-z_]{1,12}")  # what a person chose rather than typed


class Posting(Page):
    """A page that writes. It refuses a form shown under another role, keeps what was typed, and offers to switch back.

    The refusal posts everything again with ``show_as``, the role grant to act as: the view then switches to that role and
    shows the form with what was typed, without performing it.
    """

    keeps_typed = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.shown_again = request.method == "POST" and self.is_to_show_again()
        if self.shown_again and self.shows_as != self.actor.grant_id:
            self.switch()
            assert request.user.is_authenticated  # somebody acts
            if (missing := missing_second_factor(self.request, request.user)) is not None:
                return missing
            scope = self.actor.scope()  # of the new role, also while the page renders
            with station_scope(scope):
                response = self.respond(request, *args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
            return response
        return self.respond(request, *args, **kwargs)

    def respond(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Respond as any page. If the acting role cannot see the page, the person learns why and loses nothing."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except (Http404, PermissionDenied):
            if request.method != "POST" or not self.other_role:
                raise
            return self.answer_other_role()

    @cached_property
    def shows_as(self) -> int:
        """The role grant under which the person wants to see the refused form again; 0 for none."""
        return id_of(self.request.POST.get(SHOW_AS)) or 0

    def is_to_show_again(self) -> bool:
        """Return whether the form is only to be shown again, in a role that the person holds."""
        return self.request.actor is not None and any(
            grant.pk == self.shows_as for grant in self.request.grants
        )

    def switch(self) -> None:
        """Act in the role in which the form is to be shown."""
        user = self.request.user
        assert user.is_authenticated  # somebody acts
        grant = act_as(user=user, grant_id=self.shows_as, **origin_of(self.request))
        self.request.session[SESSION_GRANT] = grant.pk
        self.request.session.cycle_key()
        self.request.actor = actor_for(
            user=user, grant_id=grant.pk, grants=self.request.grants, **origin_of(self.request)
        )

    @property
    def is_in_row(self) -> bool:
        """Whether the form is shown in a row of a list, which stays as it is around it."""
        return bool(self.request.htmx) and (self.request.htmx.target or "").startswith(IN_ROW)

    @cached_property
    def other_role(self) -> str:
        return "" if self.shown_again else super().other_role

    def answer_other_role(self, *, may_continue: bool = False) -> HttpResponse:
        """Refuse a form shown under another role. ``may_continue``: the acting role has this form as well."""
        sent = [
            (name, value)
            for name, values in self.request.POST.lists()
            if name not in LEFT_OUT and "password" not in name
            for value in values
        ]
        shown = {name: value for name, value in sent if name not in GUARDS}
        context = {
            "words": self.other_role,
            "before": self.role_before,
            "now": self.role_now,
            "may_continue": may_continue,
            "sent": sent,
            "typed": [value for value in shown.values() if not _CODE.fullmatch(str(value))],
            "had_files": bool(self.request.FILES),
            "is_in_row": self.is_in_row,
        }
        template = "ui/_other_role.html" if self.request.htmx else "ui/other_role.html"
        return render(self.request, template, context, status=422)

    def say_shown_again(self, response: HttpResponse) -> HttpResponse:
        """Tell the person that the form was only shown again."""
        if self.request.htmx:
            return trigger_client_event(
                response, "anqi:message", {"level": "info", "text": self.shown_again_text}
            )
        return response

    @property
    def shown_again_text(self) -> str:
        return _("You act as %(now)s. Nothing has been saved yet: check it and save.") % {
            "now": self.role_now
        }
