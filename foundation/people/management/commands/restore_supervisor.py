"""``manage.py restore_supervisor``: a link for a supervisor of a bureau that lost its only one."""

from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse

from foundation.accounts import access, operations, selectors
from foundation.accounts.actors import system_actor
from foundation.accounts.choices import Role
from foundation.accounts.commands import bureau_by_code, refusal
from foundation.accounts.models import Bureau, RoleGrant

logger = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = (
        "Makes a person supervisor of a bureau that lost its only one, or resets the only supervisor's password and "
        "second factor. Prints a one-time link (valid 7 days). The act is in the bureau's audit log."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("bureau", help="code of the bureau")
        parser.add_argument("username", help="user name of the supervisor, existing or new")
        parser.add_argument("full_name", nargs="?", default="", help="full name of a new person")
        parser.add_argument("--reason", required=True, help="kept in the audit log")
        parser.add_argument(
            "--address",
            default=next(iter(settings.CSRF_TRUSTED_ORIGINS), f"http://127.0.0.1:{settings.PORT}"),
            help="how people reach Anqi; default: %(default)s",
        )

    def handle(
        self,
        *args: Any,
        bureau: str,
        username: str,
        full_name: str,
        reason: str,
        address: str,
        **options: Any,
    ) -> None:
        found = bureau_by_code(bureau)
        try:
            token = _restore(found, username, full_name, reason)
        except (ValidationError, access.WrongState) as error:
            raise refusal(error) from error
        logger.warning("supervisor restored by command", bureau=found.pk)
        self.stdout.write(f"Supervisor {username} of {found.name}. Open this link within 7 days:")
        self.stdout.write(address.rstrip("/") + reverse("accounts:invitation", args=[token]))


@transaction.atomic
def _restore(bureau: Bureau, username: str, full_name: str, reason: str) -> str:
    """Return the token of a link for the supervisor. Raise CommandError while somebody else can do it on a page."""
    Bureau.objects.select_for_update(no_key=True).get(pk=bureau.pk)
    held = RoleGrant.objects.filter(role=Role.SUPERVISOR, bureau=bureau, revoked_at=None)
    person = selectors.user_by_name(username)
    others = held.filter(user__is_active=True, user__is_awaited=False)
    if person is not None:
        others = others.exclude(user=person)
    if others.exists():
        raise CommandError("The bureau has another supervisor, who can do this under People.")
    actor = system_actor(bureau_id=bureau.pk)
    if person is None:
        person = operations.create_user(
            actor=actor,
            username=username,
            full_name=full_name or username,
            role=Role.SUPERVISOR,
            bureau_id=bureau.pk,
        )
    elif not held.filter(user=person).exists():
        operations.grant_role(actor=actor, user_id=person.pk, role=Role.SUPERVISOR, bureau_id=bureau.pk)
    if not person.is_active:
        operations.enable_user(actor=actor, user_id=person.pk)
    if selectors.has_second_factor(person):
        operations.remove_second_factor(actor=actor, user_id=person.pk, reason=reason)
    return operations.reset_password(actor=actor, user_id=person.pk, reason=reason)
