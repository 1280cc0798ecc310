"""``manage.py lives`` writes docs/lives.md from the lives of all apps."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from facts.drawing import PLACE, drawing


class Command(BaseCommand):
    help = "Write docs/lives.md, the drawing of every life."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only check that the page is up to date")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        drawn = drawing()
        if not check:
            PLACE.write_text(drawn)
        elif not PLACE.exists() or PLACE.read_text() != drawn:
            raise CommandError("docs/lives.md is out of date. Run: manage.py lives")
