"""``manage.py import_records PROFILE FOLDER --bureau CODE``: import records from files; see docs/imports.md."""

import re
import sys
from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

from foundation.accounts.actors import Actor
from foundation.spreadsheets.reading import Sheet
from imports import selectors
from imports.choices import Outcome
from imports.operations import Result, run_import
from imports.profile_reading import load, names
from imports.remarks import ImportFailed, Report, left_out_because, sentence
from imports.targets import kind_word

SHOWN = 20  # kinds of remarks that are printed
SOME_REFUSED = 3
CHINESE = "zh-hans"
_HAN = re.compile(r"[\u3400-\u9fff]")


class Command(BaseCommand):
    """Import the files of a folder.

    Exit code 0: every row was imported, was here already or is left out by the profile. 1: nothing was imported. 2:
    wrong command line. 3: imported, but some rows were refused.
    """

    help = "Import enterprises and facts from the files of a folder, as described by a profile."

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        parser.epilog = "Exit codes: " + " ".join(
            (type(self).__doc__ or "").replace("Exit code ", "").split()
        )
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "profile", help=f"one of {', '.join(names())}, or the path of your own .toml file"
        )
        parser.add_argument("folder", type=Path, help="folder with the files")
        parser.add_argument(
            "--bureau", required=True, metavar="CODE", help="code of the bureau; created if missing"
        )
        parser.add_argument(
            "--create-bureau",
            action="store_true",
            help="create the bureau even if its code is almost that of another one",
        )
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            help="language of the output and the report; by default that of the bureau's name",
        )
        parser.add_argument("--dry-run", action="store_true", help="do everything, then roll it back")
        parser.add_argument("--report", type=Path, metavar="FILE", help="write every remark to a CSV file")
        parser.add_argument(
            "--all-rows", action="store_true", help="list rows without remarks in the report too"
        )
        parser.add_argument("--no-progress", action="store_true", help="no progress bar on standard error")

    def handle(self, *, profile: str, bureau: str, **options: Any) -> None:
        language = options.pop("language", None) or self._language(profile, bureau)
        with translation.override(language):
            self._import(profile=profile, bureau=bureau, **options)

    @staticmethod
    def _language(profile: str, code: str) -> str | None:
        """Return Chinese for a bureau with a Chinese name, also one that the profile would create."""
        name = selectors.bureau_name(code)
        if not name:
            try:
                name = load(profile).bureau_name
            except ImportFailed:  # reported by the import itself
                name = ""
        return CHINESE if _HAN.search(name or code) else translation.get_language()

    def _import(
        self, *, profile: str, folder: Path, bureau: str, report: Path | None, **options: Any
    ) -> None:
        bars: list[tqdm] = []
        remarks: Report | None = None
        try:
            rules = load(profile)
            if not folder.is_dir():
                raise ImportFailed(_("The folder %(folder)s does not exist.") % {"folder": folder})
            remarks = self._report(report)
            result = run_import(
                actor=Actor(user_id=0, name="command line", role="system"),
                profile=rules,
                folder=folder,
                bureau_code=bureau,
                create=options["create_bureau"],
                dry_run=options["dry_run"],
                report=remarks,
                progress=self._progress(bars, hidden=options["no_progress"]),
                every_row=options["all_rows"],
            )
        except ImportFailed as error:
            raise CommandError(f"{error}\n" + _("Nothing was imported.")) from error
        finally:
            for bar in bars:
                bar.close()
            if remarks:
                remarks.close()
        self._print_result(result, remarks, report)
        if result.refused:
            sys.exit(SOME_REFUSED)

    @staticmethod
    def _report(path: Path | None) -> Report:
        try:
            return Report(path)
        except OSError as error:
            raise ImportFailed(
                _("The report %(path)s cannot be written: %(why)s.") % {"path": path, "why": error.strerror}
            ) from error

    def _progress(self, bars: list[tqdm], *, hidden: bool) -> Callable[[Sheet], Callable[[int], None]]:
        def watch(sheet: Sheet) -> Callable[[int], None]:
            for bar in bars:
                bar.close()
            bar = tqdm(
                total=sheet.size,
                desc=sheet.label,
                disable=hidden,
                file=sys.stderr,
                bar_format="{desc}: {percentage:3.0f}%|{bar}|{postfix} [{elapsed}<{remaining}]",
            )
            bars.append(bar)
            total = 0

            def step(rows: int) -> None:
                nonlocal total
                total += rows
                words = ngettext("%(count)s row", "%(count)s rows", total) % {"count": f"{total:,}"}
                bar.set_postfix_str(words, refresh=False)
                bar.update(min(sheet.position, sheet.size) - bar.n)

            return step

        return watch

    def _print_result(self, result: Result, remarks: Report, path: Path | None) -> None:
        say = self.stdout.write
        titles = (
            _("file"),
            _("becomes"),
            _("rows"),
            _("taken"),
            _("already here"),
            _("differ"),
            _("updated"),
            _("left out"),
            _("refused"),
            _("remarks"),
        )
        lines = [titles] + [
            (
                tally.file,
                kind_word(tally.becomes),
                *map(
                    str,
                    (
                        tally.rows,
                        tally.taken,
                        tally.already,
                        tally.differs,
                        tally.updated,
                        sum(tally.skipped.values()),
                        tally.refused,
                        tally.warned,
                    ),
                ),
            )
            for tally in result.tallies
        ]
        widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
        for line in lines:
            cells = [
                cell.ljust(width) if number < 2 else cell.rjust(width)
                for number, (cell, width) in enumerate(zip(line, widths, strict=True))
            ]
            say("  ".join(cells).rstrip())
        for tally in result.tallies:
            for why, count in tally.skipped.items():
                say(
                    ngettext(
                        "Left out of %(file)s: %(count)s row, %(why)s.",
                        "Left out of %(file)s: %(count)s rows, %(why)s.",
                        count,
                    )
                    % {"file": tally.file, "count": count, "why": left_out_because(why)}
                )
        self._print_remarks(remarks)
        say("")
        if path:
            words = ngettext(
                "Report: %(path)s (%(count)s remark).", "Report: %(path)s (%(count)s remarks).", remarks.count
            )
            say(words % {"path": path, "count": remarks.count})
        elif remarks.count:
            say(_("--report FILE writes all remarks to a CSV file."))
        if result.stations_created:
            say(_("Police stations created: %(count)s.") % {"count": result.stations_created})
        if result.dry_run:
            say(_("This was a dry run: nothing was written."))
        elif result.import_id:
            say(
                _("Imported as number %(number)s into the bureau %(bureau)s.")
                % {"number": result.import_id, "bureau": result.bureau}
            )

    def _print_remarks(self, remarks: Report) -> None:
        """Print each kind of remark once, with count and first row: refusals first, then the most frequent."""
        ordered = sorted(
            remarks.kinds.items(), key=lambda kind: (kind[0][2] != Outcome.REFUSED, -kind[1].count)
        )
        for (file, column, outcome, _code, _text), kind in ordered[:SHOWN]:
            self.stdout.write(
                _("%(count)s × %(file)s %(column)s, first in row %(row)s: %(what)s [%(outcome)s]")
                % {
                    "count": f"{kind.count:5,}",
                    "file": file,
                    "column": column,
                    "row": kind.row,
                    "what": sentence(kind.first.code, kind.first.values),
                    "outcome": Outcome(outcome).label,
                }
            )
        if len(ordered) > SHOWN:
            more = len(ordered) - SHOWN
            words = ngettext(
                "… and %(count)s more kind of remarks.", "… and %(count)s more kinds of remarks.", more
            )
            self.stdout.write(words % {"count": more})
