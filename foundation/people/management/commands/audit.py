"""``manage.py audit``: seal the audit log, check it, erase the personal values of an object from it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from foundation.accounts import operations, sealing
from foundation.accounts.commands import refusal


def _noted(text: str) -> tuple[int, str]:
    """Return number and digest of a seal, as the log stream has them: ``17:66c7…``."""
    number, _colon, digest = text.partition(":")
    return int(number), digest


class Command(BaseCommand):
    help = "Seals the audit log, checks it, or erases the personal values of an object from it."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("seal", help="seal now what was committed; otherwise it happens every hour")
        verify = acts.add_parser("verify", help="name the first entry that does not fit the seals")
        verify.add_argument(
            "--seal",
            dest="seals",
            nargs="+",
            default=[],
            type=_noted,
            metavar="NUMBER:DIGEST",
            help="seals as the log stream has them",
        )
        erase = acts.add_parser("erase", help="erase the personal values of one object, which stays sealed")
        erase.add_argument("kind", help="the object's kind as in the log, such as user")
        erase.add_argument("id", type=int)
        erase.add_argument("--reason", required=True)

    def handle(self, *args: Any, act: str, **options: Any) -> None:
        getattr(self, act)(**options)

    def seal(self, **_options: Any) -> None:
        self.stdout.write(f"Sealed {sealing.seal_log()} entries.")

    def verify(self, seals: list[tuple[int, str]], **_options: Any) -> None:
        misfits = sealing.verify_log(dict(seals))
        if misfits:
            raise CommandError("\n".join(str(misfit) for misfit in misfits))
        waiting = sealing.waiting()
        self.stdout.write(f"Everything sealed is as it was. {waiting} entries wait for the next seal.")

    def erase(self, kind: str, id: int, reason: str, **_options: Any) -> None:
        try:
            erased = operations.erase_personal_values(object_type=kind, object_id=id, reason=reason)
        except (LookupError, ValidationError) as error:
            raise refusal(error) from error
        self.stdout.write(f"Erased {erased} values.")
