"""The own account: choosing the role, profile, accepting an invitation."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from foundation.accounts import access, operations, selectors
from foundation.accounts.middleware import SESSION_GRANT, whence
from foundation.ids import id_of
from foundation.people.forms import PasswordForm, ProfileForm, attempt, data_of

FORM = ["GET", "POST"]


@access.page(access.PERSON)
@require_http_methods(FORM)
def act_as(request: HttpRequest) -> HttpResponse:
    """Choose the role to act in; rights never add up. The session gets a new key with the new rights."""
    onward = _safe(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.method == "POST":
        try:
            grant_id = id_of(request.POST.get("grant")) or 0
            grant = operations.act_as(user=request.user, grant_id=grant_id, **whence(request))
        except access.WrongState as error:
            messages.error(request, str(error))
            return redirect("accounts:act_as")
        request.session[SESSION_GRANT] = grant.pk
        request.session.cycle_key()
        return HttpResponseRedirect(onward or "/")  # redirect() would look a word up as the name of a page
    return render(request, "accounts/act_as.html", {"grants": request.grants, "onward": onward})


def _safe(request: HttpRequest, url: str) -> str:
    """The address if it is one of ours."""
    ours = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if ours else ""


@access.page(access.SIGNED_IN)
@require_http_methods(FORM)
def profile(request: HttpRequest) -> HttpResponse:
    """Own phone and e-mail, outside the police the name too; the ways to password, second factor and language."""
    renames = selectors.renames_itself(request.grants)
    form = ProfileForm(data_of(request), instance=request.user, renames=renames)
    if form.is_valid() and attempt(
        form, lambda: operations.edit_profile(actor=request.actor, **form.values())
    ):
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    base = "portal/base.html" if request.actor.is_enterprise else "base.html"
    context = {"form": form, "base": base, "second_factor": selectors.has_second_factor(request.user)}
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@access.page(access.ANYONE)
@never_cache
@sensitive_post_parameters()
@require_http_methods(FORM)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation link: set a password, then log in with it."""
    found = selectors.invitation_for(token)
    form = PasswordForm(data_of(request))
    if found is not None and form.is_valid():
        password = form.cleaned_data["password"]
        user = attempt(
            form, lambda: operations.accept_invitation(token=token, password=password, **whence(request))
        )
        if user is not None:
            get_adapter(request).forget_failures(request, user.username)
            if request.user.is_authenticated and request.user.pk == user.pk:
                update_session_auth_hash(request, user)
            messages.success(request, _("Your password is set. Log in with it now."))
            return redirect("account_login")
    usable = found is not None and found.is_open and found.user.is_active
    context = {"form": form, "person": found.user if usable else None, "login_url": reverse("account_login")}
    status = 410 if not usable else 422 if form.errors else 200
    return render(request, "accounts/invitation.html", context, status=status)
