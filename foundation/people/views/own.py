"""A person's own account: choosing the role, profile, accepting an invitation."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView
from django_htmx.http import trigger_client_event

from foundation.accounts import access, operations, selectors
from foundation.accounts.middleware import SESSION_GRANT, origin_of
from foundation.accounts.models import RoleGrant, User
from foundation.accounts.tasks import ask_for_password
from foundation.database import caching
from foundation.faults import Faults
from foundation.ids import id_of
from foundation.people.forms import OwnProfileForm, PasswordForm, PasswordRequestForm
from foundation.people.views.editing import DirectoryEdit
from foundation.ui.views import ButtonPage, Crumb, FormPage

OPENED_LINK = "opened_link"  # in the session: the link of an invitation that was first opened in it
LIMITED_AS = "password_request"  # in ACCOUNT_RATE_LIMITS
MOST_TRIES, TRIES_S = 10, 10 * 60  # of one invitation link: judging a password takes long


class ActAs(ButtonPage, TemplateView):
    """Choose the role to act in; roles never add up. The session gets a new key along with the new role."""

    permission = access.PERSON
    http_method_names = ["get", "post", "head", "options"]
    template_name = "accounts/act_as.html"
    other_role = ""  # it is what this page changes

    def perform(self) -> RoleGrant:
        grant_id = id_of(self.request.POST.get("grant")) or 0
        assert self.request.user.is_authenticated  # the permission requires a login
        grant = operations.act_as(user=self.request.user, grant_id=grant_id, **origin_of(self.request))
        self.request.session[SESSION_GRANT] = grant.pk
        self.request.session.cycle_key()
        return grant

    def done(self) -> HttpResponse:
        if self.request.htmx:  # from the notice above a page of that role, which stays as it is
            notice = render(self.request, "ui/_role_changed.html", {"before": None})
            words = _("You act as %(role)s again.") % {"role": self.result}
            return trigger_client_event(notice, "anqi:message", {"level": "success", "text": words})
        return HttpResponseRedirect(
            self.onward or "/"
        )  # go() would take a single word for the name of a page

    def get_back_url(self) -> str:
        return reverse("accounts:act_as")

    @property
    def onward(self) -> str:
        """Where the person wanted to go, if that is a URL of this site."""
        url = self.request.POST.get("next") or self.request.GET.get("next") or ""
        hosts = {self.request.get_host()}
        is_own_site = url_has_allowed_host_and_scheme(url, hosts, require_https=self.request.is_secure())
        return url if is_own_site else ""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(grants=self.request.grants, onward=self.onward, **context)


class Profile(DirectoryEdit):
    """Own phone and e-mail, in the police the police number, outside it the name; links to password, second factor and language."""

    permission = access.SIGNED_IN
    title = _("My profile")
    template_name = "accounts/profile.html"
    form_class = OwnProfileForm

    def find_record(self) -> User:
        return selectors.get_own_user(self.actor)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"renames": selectors.may_change_own_name(self.request.grants)}

    def perform(self, form: BaseForm) -> User:
        return operations.edit_profile(actor=self.actor, version=self.version(form), **self.values(form))

    def get_back_url(self) -> str:
        return ""

    def get_success_url(self) -> str:
        return reverse("accounts:profile")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            second_factor=selectors.has_second_factor(self.record),
            silent=selectors.silent_contacts(selectors.get_own_user(self.actor)),
            **context,
        )


class Sessions(ButtonPage, TemplateView):
    """Where one is logged in. Ends one session, or all others."""

    permission = access.PERSON
    http_method_names = ["get", "post", "head", "options"]
    title = _("Where you are logged in")
    template_name = "accounts/sessions.html"
    other_role = ""  # the sessions are the person's, whatever the role

    def perform(self) -> int:
        assert self.request.user.is_authenticated  # the permission requires a login
        return operations.end_own_sessions(
            user=self.request.user,
            current=self.request.session,
            mark=self.request.POST.get("session"),
            **origin_of(self.request),
        )

    def done(self) -> HttpResponse:
        words = ngettext("One session was ended.", "%(number)d sessions were ended.", self.result)
        messages.success(self.request, words % {"number": self.result})
        return self.go(self.get_back_url())

    def get_back_url(self) -> str:
        return reverse("accounts:sessions")

    def get_trail(self) -> list[Crumb]:
        return [Crumb(Profile.title, reverse("accounts:profile"))] if self.request.actor else []

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        assert self.request.user.is_authenticated
        found = operations.own_sessions(self.request.user, self.request.session)
        return super().get_context_data(sessions=found, **context)


class ForgotPassword(FormPage):
    """Ask for a new password, without a log-in: the request reaches those who may reset it.

    The answer is the same, and comes as fast, for every name: a worker looks whether there is such a person.
    """

    permission = access.ANYONE
    title = _("Forgot your password?")
    template_name = "accounts/forgot_password.html"
    form_class = PasswordRequestForm
    submit_label = _("Ask for a new password")
    done_text = ""
    other_role = ""  # the request is about the name that was typed, not about whoever is logged in

    def perform(self, form: BaseForm) -> None:
        if not ratelimit.consume(self.request, action=LIMITED_AS):
            raise ValidationError(
                _("Too many requests from here. Try again in an hour, or call your police station.")
            )
        login, address = form.cleaned_data["login"], origin_of(self.request)["address"]
        transaction.on_commit(lambda: ask_for_password.delay(login, address))

    def get_back_url(self) -> str:
        return reverse("account_login")

    def get_success_url(self) -> str:
        return f"{reverse('accounts:forgot_password')}?asked=1"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(asked="asked" in self.request.GET, **context)


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class AcceptInvitation(FormPage):
    """The page behind an invitation link: set a password, then log in with it."""

    permission = access.ANYONE
    http_method_names = ["get", "post", "options"]  # HEAD would look at the link without a trace
    template_name = "accounts/invitation.html"
    form_class = PasswordForm
    submit_label = _("Set the password")
    tries_out = True
    done_text = _("Your password has been set. You can log in now.")
    other_role = ""  # the link decides whose password it is, not the login

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "POST"):
            return super().dispatch(request, *args, **kwargs)
        invitation = selectors.invitation_for(kwargs["token"])
        if invitation is None or not invitation.is_open or not invitation.user.is_active:
            return render(request, self.template_name, status=410)
        self.person, self.opened_at = invitation.user, invitation.opened_at
        self.opened_at = operations.open_invitation(token=kwargs["token"], **origin_of(request))
        link = selectors.token_hash(kwargs["token"])
        if self.opened_at is None:
            request.session[OPENED_LINK] = link
        elif request.session.get(OPENED_LINK) == link:  # by this person
            self.opened_at = None
        return super().dispatch(request, *args, **kwargs)

    def is_valid(self, form: BaseForm) -> bool:
        valid, tries = super().is_valid(form), 0
        with caching.tolerated():
            tries = caching.counted(("people:link", selectors.token_hash(self.kwargs["token"])), TRIES_S)
        if tries > MOST_TRIES:
            form.add_error(None, _("Too many tries with this link. Try again in ten minutes."))
        return valid and tries <= MOST_TRIES

    def try_out(self, form: BaseForm) -> None:
        """Judge the password alone: nobody is logged in, and no failure forgotten, before it is set."""
        faults = Faults()
        with faults.of():
            operations.check_password(self.person, form.cleaned_data.get("password", ""), compares=False)
        if faults:
            self.take_errors(form, ValidationError(faults.by_field))

    def perform(self, form: BaseForm) -> User:
        user = operations.accept_invitation(
            token=self.kwargs["token"],
            password=form.cleaned_data["password"],
            logged_in=self.request.user.pk or 0,
            **origin_of(self.request),
        )
        get_adapter(self.request).forget_failures(self.request, user.username)
        if self.request.user.is_authenticated and self.request.user.pk == user.pk:
            update_session_auth_hash(self.request, user)
        return user

    def get_back_url(self) -> str:
        return ""

    def get_success_url(self) -> str:
        return reverse("account_login")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(person=self.person, opened_at=self.opened_at, **context)
