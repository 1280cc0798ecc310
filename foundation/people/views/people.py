"""People: list, one person, roles, invitation links, disabling."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView

from foundation.accounts import operations, reach, selectors
from foundation.accounts.access import NotAllowed, Permission
from foundation.accounts.choices import Role
from foundation.accounts.duties import Held, held_at, last_at, orphans, stations_lost, stations_of_person
from foundation.accounts.models import RoleGrant, User
from foundation.accounts.operations.people import INVITATION_VALID, MOST_INVITED
from foundation.ids import id_of
from foundation.people.filters import UserFilter
from foundation.people.forms import LeavingForm, PersonForm, ProfileForm, RoleForm
from foundation.people.tables import UserTable, user_url
from foundation.people.views.editing import Confirmation, DirectoryEdit
from foundation.ui import links
from foundation.ui.forms import ReasonForm
from foundation.ui.views import (
    ActPage,
    Button,
    ButtonPage,
    CreatePage,
    Crumb,
    FormPage,
    ListPage,
    OfRecord,
    Page,
    RecordForm,
    RecordPage,
    ShownOnce,
)

PEOPLE = pgettext_lazy("persons", "People")


class People(Page):
    """A page about people."""

    permission = Permission.MANAGE_PEOPLE

    def get_trail(self) -> list[Crumb]:
        return [Crumb(PEOPLE, reverse("accounts:users"))]


class OnePerson(People, OfRecord):
    """A page about the person in the URL. Acts there lead back to the person."""

    def find_record(self) -> User:
        return selectors.get_user(self.actor, self.kwargs["pk"])

    def get_back_url(self) -> str:
        return user_url(self.record)


class OfPerson(OnePerson):
    """A page below the person's own."""

    def get_trail(self) -> list[Crumb]:
        return [*super().get_trail(), Crumb(self.record, self.get_back_url())]


class OfTouchable(OfPerson):
    """A page about an account that the actor may touch; 403 otherwise."""

    def find_record(self) -> User:
        person = super().find_record()
        if not reach.reaches_all(self.actor, person.pk, selectors.touchable_grants(person.pk)):
            raise NotAllowed(self.permission)
        return person


class OfEndable(OfPerson):
    """A page about an account that the actor may disable; 403 otherwise."""

    def find_record(self) -> User:
        person = super().find_record()
        if not reach.may_end_all(self.actor, person.pk, selectors.touchable_grants(person.pk)):
            raise NotAllowed(self.permission)
        return person


class LinkShown(ShownOnce):
    """Answers with the invitation link of the person ``record``. The operation returned its token."""

    shown_template = "accounts/invitation_link.html"
    record: Any

    def get_shown(self) -> dict[str, Any]:
        link = self.request.build_absolute_uri(reverse("accounts:invitation", args=[self.result]))
        return {"person": self.record, "link": link, "days": INVITATION_VALID.days}


class WithRole(FormPage):
    """A form with a role. ``?role=`` and ``?enterprise=`` (from an enterprise's file) preselect it."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def get_initial(self) -> dict[str, Any]:
        initial: dict[str, Any] = {"role": self.request.GET.get("role", "")}
        asked = id_of(self.request.GET.get("enterprise"))
        if asked and (enterprise := selectors.get_enterprise(self.actor, asked)):
            initial["role"] = initial["role"] or Role.SECURITY_MANAGER
            initial["enterprise"] = enterprise.id
        return initial


# --- the list -------------------------------------------------------------------------------------------------------


class UserList(People, ListPage):
    """The people of the actor's organisation."""

    title = PEOPLE
    template_name = "accounts/users.html"
    filterset_class = UserFilter
    table_class = UserTable
    create_permission = Permission.MANAGE_PEOPLE
    create_label = gettext_lazy("Add a person")
    icon = "users"

    def get_trail(self) -> list[Crumb]:
        return []

    def get_queryset(self) -> QuerySet[User]:
        return selectors.list_users(self.actor)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return super().get_filterset_kwargs(filterset_class) | {"actor": self.actor}

    def get_create_url(self) -> str:
        return reverse("accounts:user_create")


class Left(People, TemplateView):
    """What still names people who no longer work here (htmx, above the list)."""

    template_name = "accounts/_left.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        left = [
            (duty, names, links.to(duty.orphans_page, **duty.orphans_query))
            for duty, names in orphans(self.actor)
        ]
        return super().get_context_data(left=left, **context)


class UserCreate(LinkShown, People, WithRole, CreatePage):
    """Add a person with a first role. The response shows the invitation link, once."""

    title = gettext_lazy("Add a person")
    template_name = "accounts/user_create.html"
    form_class = PersonForm
    submit_label = gettext_lazy("Add and create link")
    tries_out = True

    def perform(self, form: BaseForm) -> str:
        self.record = operations.create_user(actor=self.actor, **self.values(form))
        return operations.invite_user(actor=self.actor, user_id=self.record.pk)

    def get_back_url(self) -> str:
        return reverse("accounts:users")


class InviteNew(ShownOnce, People, FormPage):
    """Make the links of all who were added without one. The response shows them once, to be printed and cut apart."""

    title = gettext_lazy("Invitation links")
    template_name = "accounts/invite_new.html"
    shown_template = "accounts/invitation_links.html"
    form_class = forms.Form
    submit_label = gettext_lazy("Make the links")

    def perform(self, form: BaseForm) -> list[tuple[User, str]]:
        return operations.invite_new(actor=self.actor)

    def get_back_url(self) -> str:
        return reverse("accounts:users")

    def get_shown(self) -> dict[str, Any]:
        links_of = [
            (person, self.request.build_absolute_uri(reverse("accounts:invitation", args=[token])))
            for person, token in self.result
        ]
        return {
            "links": links_of,
            "days": INVITATION_VALID.days,
            "left": len(selectors.list_uninvited(self.actor)),
        }

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        waiting = selectors.list_uninvited(self.actor)
        return super().get_context_data(
            waiting=waiting[:MOST_INVITED],
            more=max(0, len(waiting) - MOST_INVITED),
            days=INVITATION_VALID.days,
            **context,
        )


class RoleFields(People, WithRole):
    """The field for the organisation that the chosen role needs (htmx)."""

    http_method_names = ["get", "head", "options"]
    template_name = "accounts/_where.html"
    form_class = RoleForm

    def get_back_url(self) -> str:
        return ""


# --- one person -----------------------------------------------------------------------------------------------------


class UserRecord(OnePerson, RecordPage):
    """One person: roles here, state of the account, and what the actor may do about it."""

    template_name = "accounts/user.html"
    context_object_name: str | None = "person"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().get(request, *args, **kwargs)
        operations.record_opening(actor=self.actor, user=self.record)
        return response

    @cached_property
    def deciding(self) -> list[RoleGrant]:
        return selectors.touchable_grants(self.record.pk)

    @property
    def is_self(self) -> bool:
        return self.record.pk == self.actor.user_id

    @property
    def is_touchable(self) -> bool:
        return reach.reaches_all(self.actor, self.record.pk, self.deciding)

    def get_buttons(self) -> list[Button]:
        args = [self.record.pk]
        if self.is_self:
            return [Button(_("My profile"), reverse("accounts:profile"), "user", dialog=False)]
        give = Button(_("Give a role"), reverse("accounts:user_role_grant", args=args), "plus", dialog=False)
        edit = Button(_("Edit"), reverse("accounts:user_edit", args=args), "pencil", dialog=False)
        return [give, edit] if self.is_touchable else [give]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        roles = self.record.seen_roles
        held = held_at(self.record.pk, stations_of_person(self.actor, self.record.pk))
        rows = [(grant, reach.may_end(self.actor, grant) and not self.is_self) for grant in roles]
        return super().get_context_data(
            rows=rows,
            held=held,
            may_hand_over=bool(held) and not self.is_self,
            elsewhere=len([grant for grant in self.deciding if grant.revoked_at is None]) > len(rows),
            touchable=self.is_touchable,
            may_disable=reach.may_end_all(self.actor, self.record.pk, self.deciding),
            is_self=self.is_self,
            invitation=selectors.open_invitation(self.record),
            asked=selectors.open_password_request(self.record),
            second_factor=selectors.has_second_factor(self.record),
            **context,
        )


class UserEdit(OfTouchable, DirectoryEdit):
    """Name, police number, phone, e-mail."""

    title = gettext_lazy("Edit the person's details")
    form_class = ProfileForm

    def perform(self, form: BaseForm) -> User:
        return operations.edit_user(
            actor=self.actor, user_id=self.record.pk, version=self.version(form), **self.values(form)
        )


# --- roles ----------------------------------------------------------------------------------------------------------


class RoleGive(OfPerson, WithRole, RecordForm):
    """Grant a person one more role."""

    title = gettext_lazy("Give a role")
    text = gettext_lazy("Roles are not combined: the person chooses which one to act in.")
    template_name = "accounts/role_grant.html"
    form_class = RoleForm
    submit_label = gettext_lazy("Give the role")
    done_text = gettext_lazy("The role was given.")

    def find_record(self) -> User:
        person = super().find_record()
        if person.pk == self.actor.user_id:
            raise NotAllowed(self.permission)
        return person

    def perform(self, form: BaseForm) -> RoleGrant:
        return operations.grant_role(actor=self.actor, user_id=self.record.pk, **self.values(form))


class Leaving(ActPage):
    """An act after which something needs a successor. It says what, and asks who."""

    template_name = "accounts/leaving.html"
    dialog_template = ""
    form_class = LeavingForm
    tries_out = True

    def get_person(self) -> User:
        """Return the person who leaves."""
        return self.record

    def get_stations(self) -> set[int]:
        """Return the stations at which the person will no longer work."""
        return stations_of_person(self.actor, self.get_person().pk)

    @cached_property
    def held(self) -> list[Held]:
        return held_at(self.get_person().pk, self.get_stations())

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"person": self.get_person(), "held": self.held}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(held=self.held, **context)


class RoleRevoke(People, Leaving):
    """Revoke a role, with a reason and a successor of what is open."""

    title = gettext_lazy("Take this role away?")
    submit_label = gettext_lazy("Take the role away")
    done_text = gettext_lazy("The role was taken away.")
    danger = True

    def find_record(self) -> RoleGrant:
        person = selectors.get_user(self.actor, self.kwargs["pk"])
        grant = next((each for each in person.seen_roles if each.pk == self.kwargs["grant_id"]), None)
        if grant is None:
            raise RoleGrant.DoesNotExist
        return grant

    def get_trail(self) -> list[Crumb]:
        return [*super().get_trail(), Crumb(self.record.user, self.get_back_url())]

    def get_text(self) -> str:
        words = _("%(name)s will no longer be %(role)s.") % {"name": self.record.user, "role": self.record}
        if not last_at(self.record):
            return words
        alone = _("Nobody else holds a role there: what arrives reaches nobody until you invite somebody.")
        return f"{words} {alone}"

    def get_person(self) -> User:
        return self.record.user

    def get_stations(self) -> set[int]:
        return stations_lost(self.record)

    def perform(self, form: BaseForm) -> RoleGrant:
        return operations.revoke_role(actor=self.actor, grant_id=self.record.pk, **self.values(form))

    def get_back_url(self) -> str:
        return user_url(self.record.user)

    def get_success_url(self) -> str:
        """Return the person's page, or the list if only the revoked role made the person visible."""
        try:
            return user_url(selectors.get_user(self.actor, self.kwargs["pk"]))
        except User.DoesNotExist:
            return reverse("accounts:users")


# --- the account ----------------------------------------------------------------------------------------------------


class UserInvite(LinkShown, OnePerson, ButtonPage):
    """A new invitation link; the older one expires."""

    def perform(self) -> str:
        return operations.invite_user(actor=self.actor, user_id=self.record.pk)


class UserReset(LinkShown, OfTouchable, Confirmation):
    """A new password through a new link; the old password and all sessions end."""

    title = gettext_lazy("Reset the password?")
    submit_label = gettext_lazy("Reset the password")
    danger = True

    def get_text(self) -> str:
        return _(
            "The old password stops working and %(name)s is logged out everywhere. You get a "
            "link to give to them."
        ) % {"name": self.record}

    def perform(self, form: BaseForm) -> str:
        return operations.reset_password(actor=self.actor, user_id=self.record.pk)


class HandOver(OfPerson, Leaving):
    """Hand over what stands in a person's name; the person stays."""

    title = gettext_lazy("Hand over what stands in this person's name")
    submit_label = gettext_lazy("Hand over")
    done_text = gettext_lazy("It was handed over.")

    def find_record(self) -> User:
        person = super().find_record()
        if person.pk == self.actor.user_id:
            raise NotAllowed(self.permission)
        return person

    def get_refusal(self) -> str:
        return "" if self.held else _("Nothing stands in this person's name any more.")

    def perform(self, form: BaseForm) -> int:
        return operations.hand_over_duties(actor=self.actor, user_id=self.record.pk, **self.values(form))


class UserDisable(OfEndable, Leaving):
    """Disable an account, with a reason and a successor of what is open."""

    title = gettext_lazy("Disable this account?")
    submit_label = gettext_lazy("Disable the account")
    done_text = gettext_lazy("The account was disabled.")
    danger = True

    def get_text(self) -> str:
        return _(
            "%(name)s is logged out immediately and cannot log in until the account is enabled again."
        ) % {"name": self.record}

    def perform(self, form: BaseForm) -> User:
        return operations.disable_user(actor=self.actor, user_id=self.record.pk, **self.values(form))


class SecondFactorRemove(OfTouchable, ActPage):
    """Remove the second factor of somebody who lost the device, with a reason."""

    title = gettext_lazy("Remove the second factor?")
    form_class = ReasonForm
    submit_label = gettext_lazy("Remove the second factor")
    done_text = gettext_lazy("The second factor was removed.")
    danger = True

    def get_text(self) -> str:
        return _(
            "Do this only if %(name)s has lost the device. Until a new second factor is set up, "
            "the password alone is enough to log in."
        ) % {"name": self.record}

    def perform(self, form: BaseForm) -> User:
        return operations.remove_second_factor(actor=self.actor, user_id=self.record.pk, **self.values(form))


class RequestDismiss(OfTouchable, ButtonPage):
    """Close a request for a new password without giving one."""

    done_text = gettext_lazy("The request was dismissed.")

    def perform(self) -> User:
        return operations.dismiss_password_request(actor=self.actor, user_id=self.record.pk)


class UserEnable(OnePerson, ButtonPage):
    """Enable a disabled account."""

    done_text = gettext_lazy("The account was enabled.")

    def perform(self) -> User:
        return operations.enable_user(actor=self.actor, user_id=self.record.pk)
