"""``manage.py create_operator``: the first person of a new platform, who then invites all others."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse

from foundation.accounts import access, operations, selectors
from foundation.accounts.actors import system_actor
from foundation.accounts.choices import Role
from foundation.accounts.commands import refusal


class Command(BaseCommand):
    help = "Creates a platform operator and prints a one-time link (valid 7 days) to set the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="user name for log-in")
        parser.add_argument("full_name", nargs="?", default="", help="full name; by default the user name")
        parser.add_argument(
            "--address",
            default=next(iter(settings.CSRF_TRUSTED_ORIGINS), f"http://127.0.0.1:{settings.PORT}"),
            help="how people reach Anqi; default: %(default)s",
        )
        parser.add_argument(
            "--again", action="store_true", help="make a new link for an operator who exists (lost password)"
        )

    def handle(
        self, *args: Any, username: str, full_name: str, address: str, again: bool, **options: Any
    ) -> None:
        actor = system_actor(bureau_id=0)
        try:
            with transaction.atomic():
                person = selectors.user_by_name(username)
                if person is None and again:
                    raise CommandError(f"There is no {username}. Without --again a new operator is created.")
                if person is None:
                    person = operations.create_user(
                        actor=actor, username=username, full_name=full_name or username, role=Role.OPERATOR
                    )
                elif not again:
                    raise CommandError(
                        f"{username} exists already. --again makes a new link (and ends the old password)."
                    )
                elif Role.OPERATOR not in {grant.role for grant in selectors.grants_of(person)}:
                    raise CommandError(f"{username} is not an operator. Grant the role on the page People.")
                token = operations.reset_password(actor=actor, user_id=person.pk)
        except (ValidationError, access.WrongState) as error:
            raise refusal(error) from error
        self.stdout.write(
            f"Platform operator {person.username}. Open this link within 7 days to set the password:"
        )
        self.stdout.write(address.rstrip("/") + reverse("accounts:invitation", args=[token]))
