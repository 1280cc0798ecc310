"""People and the roles they hold."""

import secrets
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from foundation.accounts.choices import ENTERPRISE_ROLES, STATION_ROLES, Role
from foundation.accounts.models.editing import Editable
from foundation.accounts.models.organisations import Bureau, Department, Station
from foundation.accounts.police_numbers import check_police_number
from foundation.identifiers import IdentifierField, compact, phone_number, user_name
from foundation.pinyin import SORT_KEY_LENGTH, sort_key_of_person
from foundation.tenancy.kept import Kept
from foundation.tenancy.policies import AccountPolicy, CompositeForeignKey, DirectoryPolicy


class Users(BaseUserManager["User"]):
    """People without the hash of their password: it is read with a query of its own, where it is compared.

    ``select_related`` does not ask a manager: defer ``user__password`` there (tests/isolation/secret_columns.py).
    """

    def get_queryset(self) -> QuerySet["User"]:
        return super().get_queryset().defer("password")


class User(Editable, AbstractBaseUser):
    """A person who logs in. Permissions come from role grants alone; there is no superuser.

    ``session_epoch`` changes with each new password, reset and disabling, and ends all sessions of before.

    ``police_number`` 警号 is the number on a police officer's badge, which papers name beside the officer. Only people of
    the police have one, and each a different one within a bureau (operations/numbers.py).
    """

    tenancy = "directory"
    CONTACT = ("full_name", "phone", "email")
    EDITABLE = ("full_name", "police_number", "phone", "email")
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    username = IdentifierField(
        _("user name"),
        max_length=64,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("This user name is taken.")},
        normalise=user_name,
    )
    full_name = models.CharField(_("full name"), max_length=80)
    email = models.EmailField(_("email"), blank=True)
    phone = IdentifierField(_("phone"), max_length=32, blank=True, normalise=phone_number)
    police_number = IdentifierField(
        _("police number"),
        max_length=20,
        blank=True,
        default="",
        db_default="",
        validators=[check_police_number],
        normalise=compact,
    )
    is_active = models.BooleanField(_("may log in"), default=True)
    # invited, and no password chosen yet: until then a first supervisor may still be replaced (reach.py)
    is_awaited = models.BooleanField(default=False, editable=False)
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    has_password = models.GeneratedField(  # so that pages can say it without reading the hash
        expression=ExpressionWrapper(~Q(password__startswith="!"), models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    sort_key = models.CharField(max_length=SORT_KEY_LENGTH, blank=True, editable=False, db_default="")

    objects = Users()

    class Meta:
        ordering = ["username"]
        base_manager_name = "objects"  # whoever follows a key gets no hash either
        verbose_name = _("user")
        verbose_name_plural = _("users")
        indexes = [  # people also log in with these
            models.Index(Upper("username"), name="user_name_idx"),
            models.Index(fields=["phone"], condition=~Q(phone=""), name="user_phone_idx"),
            models.Index(Upper("email"), condition=~Q(email=""), name="user_email_idx"),
            models.Index(
                fields=["police_number"], condition=~Q(police_number=""), name="user_police_number_idx"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def shown(self) -> list[str]:
        """What a form shows. An empty police number is left out, so that marks of earlier versions still hold."""
        return [
            getattr(self, name) for name in self.EDITABLE if name != "police_number" or self.police_number
        ]

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        self.sort_key = sort_key_of_person(self.full_name)
        if update_fields is not None and "full_name" in update_fields:
            update_fields = {*update_fields, "sort_key"}
        if update_fields is not None and "password" in update_fields:
            update_fields = {*update_fields, "session_epoch"}
        super().save(*args, update_fields=update_fields, **options)

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: QuerySet["User"] | None = None,
    ) -> None:
        """Read what is asked for. The manager's queryset would leave the hash out, and read everything else instead."""
        if from_queryset is None:
            from_queryset = type(self)._base_manager.db_manager(using).defer(None)
        super().refresh_from_db(using, fields, from_queryset)

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.session_epoch = secrets.randbelow(2**30)

    def set_unusable_password(self) -> None:
        super().set_unusable_password()
        self.session_epoch = secrets.randbelow(2**30)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session must carry to stay valid, without reading the hash of the password."""
        return _session_hash(f"{self.pk}:{self.session_epoch}", secret)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Return also what sessions of earlier versions carry. Such a session gets the present form at once."""
        yield from super().get_session_auth_fallback_hash()
        for secret in (None, *settings.SECRET_KEY_FALLBACKS):
            yield _session_hash(f"{self.password}:{self.session_epoch}", secret)

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name


def _session_hash(value: str, secret: str | None) -> str:
    return salted_hmac("accounts.User.session", value, secret=secret, algorithm="sha256").hexdigest()


def _belongs() -> Q:
    """Return the condition that a role fills its own organisation columns and no others."""

    def only(*filled: str) -> Q:
        columns = ("bureau", "station", "department", "enterprise_id")
        return Q(**{f"{column}__isnull": column not in filled for column in columns})

    return (
        Q(role__in=sorted(STATION_ROLES)) & only("bureau", "station")
        | Q(role=Role.SUPERVISOR) & only("bureau")
        | Q(role=Role.DEPARTMENT_OFFICER) & only("bureau", "department")
        | Q(role__in=sorted(ENTERPRISE_ROLES)) & only("bureau", "station", "enterprise_id")
        | Q(role=Role.OPERATOR) & only()
    )


class RoleGrant(models.Model):
    """One person's role in one organisation. A hand-over moves the grants of an enterprise's people with it.

    All are read, because whether somebody's account is within reach depends on their roles elsewhere; none is written in
    another bureau than the scope's.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, null=True, blank=True, related_name="grants"
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="grants"
    )
    enterprise_id = models.BigIntegerField(_("enterprise"), null=True, blank=True, db_index=True)
    enterprise_name = models.CharField(
        max_length=200, blank=True, help_text=_("Copied, so that the role can be chosen.")
    )
    granted_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=_belongs(), name="rolegrant_organisation"),
            models.UniqueConstraint(
                fields=["user", "role", "bureau", "station", "department", "enterprise_id"],
                condition=Q(revoked_at=None),
                nulls_distinct=False,
                name="rolegrant_once",
            ),
            models.UniqueConstraint(fields=["id", "bureau", "user"], name="rolegrant_key"),
            Kept(
                name="rolegrant_kept",
                columns=("user_id", "role", "enterprise_id", "granted_at"),
                once=(("revoked_at",),),
            ),
            DirectoryPolicy(name="rolegrant_rls", department="department", enterprise="enterprise_id"),
            CompositeForeignKey(
                name="rolegrant_enterprise_fk",
                columns=("enterprise_id", "station_id"),
                to="enterprises.Enterprise",
                to_columns=("id", "station_id"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.organisation}"

    @property
    def organisation(self) -> str:
        """Name of the organisation this role is held in."""
        owner = self.department or (None if self.enterprise_id else self.station) or None
        return self.enterprise_name or (owner.name if owner else self.bureau.name if self.bureau else "Anqi")


class Invitation(models.Model):
    """A one-time link to set a first or new password. Only the hash of its token is stored."""

    deletable = True

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by_id = models.BigIntegerField(default=0)  # 0: the system, or an earlier version
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)  # the page was first shown
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            AccountPolicy(name="invitation_rls", managed=True),
            Kept(
                name="invitation_kept",
                columns=("user_id", "invited_by_id", "token_hash", "created_at"),
                once=(("opened_at",), ("used_at",)),
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether the link still works."""
        return self.used_at is None and self.expires_at > timezone.now()


class FormerPassword(models.Model):
    """The hash of a password that a person set: the present one and some before, which are not accepted again."""

    deletable = True

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_passwords")
    password = models.CharField(max_length=128)
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [AccountPolicy(name="formerpassword_rls")]


class PasswordRequest(models.Model):
    """A request for a new password, made on the log-in page by somebody who claims to be this person.

    Open until somebody makes a new link for the person or dismisses it. It proves nothing about who asked: whoever
    answers it makes sure of that before giving out a link.
    """

    deletable = True

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="password_requests")
    address = models.CharField(max_length=45, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("request for a new password")
        verbose_name_plural = _("requests for a new password")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(done_at=None), name="passwordrequest_one_open"
            ),
            AccountPolicy(name="passwordrequest_rls", managed=True),
        ]

    def __str__(self) -> str:
        return str(self.user)
