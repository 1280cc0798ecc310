"""``manage.py check_attachments``: compare kept photos, files and papers with what their rows say."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.accounts.sweeping import every_bureau
from foundation.attachments.keeping import check_files

MOST_TOLD = 1000


class Command(BaseCommand):
    help = (
        "Reads every kept photo, file and paper, and names those that are lost or changed. Changes nothing."
    )

    def handle(self, *_args: Any, **_options: Any) -> None:
        number, faults = 0, 0
        for bureau_id in every_bureau():
            for fault in check_files(bureau_id):
                number += 1
                if fault:
                    faults += 1
                    if faults <= MOST_TOLD:
                        self.stderr.write(str(fault))
        if faults:
            raise CommandError(f"{faults} of {number} files are not what their rows say.")
        self.stdout.write(f"All {number} files are there, and as they were.")
