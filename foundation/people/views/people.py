"""People: list, one person, roles, invitation links, disabling."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_tables2 import RequestConfig

from foundation.accounts import access, operations, reach, selectors
from foundation.accounts.models import RoleGrant, User
from foundation.ids import id_of
from foundation.people.filters import UserFilter
from foundation.people.forms import PersonForm, ProfileForm, ReasonForm, RoleForm, attempt, data_of
from foundation.people.tables import UserTable

PER_PAGE = 50
FORM = ["GET", "POST"]


def _user(request: HttpRequest, pk: int) -> User:
    try:
        return selectors.get_user(request.actor, pk)
    except User.DoesNotExist as error:
        raise Http404 from error


def _touchable(request: HttpRequest, person: User) -> bool:
    return reach.reaches_all(request.actor, person.pk, selectors.touchable_grants(person.pk))


@access.page("accounts:people")
@require_GET
def users(request: HttpRequest) -> HttpResponse:
    """The people of the actor's organisation."""
    found = UserFilter(request.GET, queryset=selectors.list_users(request.actor), actor=request.actor)
    table = UserTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE, "silent": True}).configure(table)
    return render(request, "accounts/users.html", {"filter": found, "table": table})


@access.page("accounts:people")
@require_http_methods(FORM)
def user_create(request: HttpRequest) -> HttpResponse:
    """Add a person with a first role; the answer shows the invitation link, once."""
    form = PersonForm(data_of(request), actor=request.actor, initial=_initial(request))
    if form.is_valid():
        values = {
            name: form.cleaned_data[name] for name in ("username", "full_name", "phone", "email", "role")
        }
        person = attempt(form, lambda: operations.create_user(actor=request.actor, **values, **form.where()))
        if person is not None:
            token = operations.invite_user(actor=request.actor, user_id=person.pk)
            return _show_link(request, person, token)
    context = {"form": form, "cancel_url": reverse("accounts:users")}
    return render(request, "accounts/user_create.html", context, status=422 if form.errors else 200)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """``?role=`` and ``?enterprise=`` (from an enterprise's file) choose beforehand."""
    initial: dict[str, Any] = {"role": request.GET.get("role", "")}
    enterprise_id = id_of(request.GET.get("enterprise"))
    if enterprise_id is not None:
        enterprise = selectors.get_enterprise(request.actor, enterprise_id)
        if enterprise is not None:
            initial |= {
                "role": initial["role"] or access.Role.SECURITY_MANAGER,
                "enterprise": f"{enterprise.name} (#{enterprise.id})",
            }
    return initial


@access.page("accounts:people")
@require_GET
def role_fields(request: HttpRequest) -> HttpResponse:
    """The field for the organisation that the chosen role needs (htmx)."""
    form = RoleForm(actor=request.actor, initial=_initial(request))
    return render(request, "accounts/_where.html", {"form": form})


@access.page("accounts:people")
@require_GET
def enterprise_options(request: HttpRequest) -> HttpResponse:
    """Enterprises that fit what was typed (htmx)."""
    text = request.GET.get("enterprise", "").replace("\x00", "").strip()[:100]
    found = selectors.find_enterprises(request.actor, text) if len(text) > 1 else []
    return render(request, "accounts/_enterprise_options.html", {"enterprises": found})


@access.page("accounts:people")
@require_GET
def user(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: roles here, state of the account, and what the actor may do about it."""
    person = _user(request, pk)
    rows = [
        (grant, reach.reaches(request.actor, grant) and person.pk != request.actor.user_id)
        for grant in person.seen_roles
    ]
    deciding = selectors.touchable_grants(person.pk)
    context = {
        "person": person,
        "rows": rows,
        "elsewhere": len([grant for grant in deciding if grant.revoked_at is None]) > len(rows),
        "touchable": reach.reaches_all(request.actor, person.pk, deciding),
        "is_self": person.pk == request.actor.user_id,
        "invitation": selectors.open_invitation(person),
        "second_factor": selectors.has_second_factor(person),
    }
    return render(request, "accounts/user.html", context)


@access.page("accounts:people")
@require_http_methods(FORM)
def user_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, phone, e-mail."""
    person = _user(request, pk)
    if not _touchable(request, person):
        raise access.NotAllowed("accounts:people")
    form = ProfileForm(data_of(request), instance=person)
    if form.is_valid() and attempt(
        form, lambda: operations.edit_user(actor=request.actor, user_id=pk, **form.values())
    ):
        messages.success(request, _("Saved."))
        return redirect("accounts:user", pk)
    context = {
        "form": form,
        "person": person,
        "cancel_url": reverse("accounts:user", args=[pk]),
        "heading": _("Edit the person's details"),
    }
    return render(request, "accounts/person_form.html", context, status=422 if form.errors else 200)


@access.page("accounts:people")
@require_http_methods(FORM)
def role_grant(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person one more role."""
    person = _user(request, pk)
    if person.pk == request.actor.user_id:
        raise access.NotAllowed("accounts:people")
    form = RoleForm(data_of(request), actor=request.actor, initial=_initial(request))
    if form.is_valid():
        role = form.cleaned_data["role"]
        if attempt(
            form, lambda: operations.grant_role(actor=request.actor, user_id=pk, role=role, **form.where())
        ):
            messages.success(request, _("The role is given."))
            return redirect("accounts:user", pk)
    context = {"form": form, "person": person, "cancel_url": reverse("accounts:user", args=[pk])}
    return render(request, "accounts/role_grant.html", context, status=422 if form.errors else 200)


@access.page("accounts:people")
@require_http_methods(FORM)
def role_revoke(request: HttpRequest, pk: int, grant_id: int) -> HttpResponse:
    """Take a role away, with a reason."""
    person = _user(request, pk)
    grant = next((each for each in person.seen_roles if each.pk == grant_id), None)
    if grant is None:
        raise Http404
    form = ReasonForm(data_of(request))
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            done = attempt(
                form, lambda: operations.revoke_role(actor=request.actor, grant_id=grant_id, reason=reason)
            )
        except RoleGrant.DoesNotExist as error:
            raise Http404 from error
        if done:
            messages.success(request, _("The role is taken away."))
            return redirect(*_after_revoking(request, pk))
    return _confirm(
        request,
        person,
        form,
        title=_("Take this role away?"),
        text=_("%(name)s will no longer be %(role)s.") % {"name": person, "role": grant},
        submit_label=_("Take the role away"),
    )


def _after_revoking(request: HttpRequest, pk: int) -> tuple[Any, ...]:
    """Back to the person, unless the role was what made them visible."""
    try:
        selectors.get_user(request.actor, pk)
    except User.DoesNotExist:
        return ("accounts:users",)
    return ("accounts:user", pk)


@access.page("accounts:people")
@require_POST
def user_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """A new invitation link; the older one ends."""
    person = _user(request, pk)
    try:
        token = operations.invite_user(actor=request.actor, user_id=pk)
    except access.WrongState as error:
        messages.error(request, str(error))
        return redirect("accounts:user", pk)
    return _show_link(request, person, token)


@access.page("accounts:people")
@require_http_methods(FORM)
def user_reset(request: HttpRequest, pk: int) -> HttpResponse:
    """A new password by a new link; the old password and all sessions end."""
    person = _user(request, pk)
    if not _touchable(request, person):
        raise access.NotAllowed("accounts:people")
    if request.method == "POST":
        try:
            token = operations.reset_password(actor=request.actor, user_id=pk)
        except access.WrongState as error:
            messages.error(request, str(error))
            return redirect("accounts:user", pk)
        return _show_link(request, person, token)
    return _confirm(
        request,
        person,
        None,
        title=_("Reset the password?"),
        text=_(
            "The old password stops working and %(name)s is logged out everywhere. You get a link to pass on."
        )
        % {"name": person},
        submit_label=_("Reset the password"),
    )


STATE_ACTS = {
    "disable": (
        gettext_lazy("Disable this account?"),
        gettext_lazy(
            "%(name)s is logged out at once and cannot log in until somebody enables the account again."
        ),
        gettext_lazy("Disable the account"),
        gettext_lazy("The account is disabled."),
    ),
    "remove-second-factor": (
        gettext_lazy("Remove the second factor?"),
        gettext_lazy(
            "Only when %(name)s lost the device: until a new one is set up the password alone opens the account."
        ),
        gettext_lazy("Remove the second factor"),
        gettext_lazy("The second factor is removed."),
    ),
}


@access.page("accounts:people")
@require_http_methods(FORM)
def user_state(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Disable the account or remove its second factor, with a reason."""
    person = _user(request, pk)
    if not _touchable(request, person):
        raise access.NotAllowed("accounts:people")
    title, text, submit_label, done = STATE_ACTS[act]
    operation = operations.disable_user if act == "disable" else operations.remove_second_factor
    form = ReasonForm(data_of(request))
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(form, lambda: operation(actor=request.actor, user_id=pk, reason=reason)):
            messages.success(request, done)
            return redirect("accounts:user", pk)
    return _confirm(
        request, person, form, title=title, text=text % {"name": person}, submit_label=submit_label
    )


@access.page("accounts:people")
@require_POST
def user_enable(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a disabled person in again."""
    _user(request, pk)
    try:
        operations.enable_user(actor=request.actor, user_id=pk)
        messages.success(request, _("The account is enabled."))
    except access.WrongState as error:
        messages.error(request, str(error))
    return redirect("accounts:user", pk)


def _show_link(request: HttpRequest, person: User, token: str) -> HttpResponse:
    link = request.build_absolute_uri(reverse("accounts:invitation", args=[token]))
    context = {"person": person, "link": link, "days": operations.people.INVITATION_VALID.days}
    response = render(request, "accounts/invitation_link.html", context)
    response["Cache-Control"] = "no-store"  # the link is shown once
    return response


def _confirm(request: HttpRequest, person: User, form: ReasonForm | None, **words: Any) -> HttpResponse:
    context = {
        "person": person,
        "form": form,
        "danger": True,
        "cancel_url": reverse("accounts:user", args=[person.pk]),
        **words,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "accounts/confirm.html", context, status=status)
