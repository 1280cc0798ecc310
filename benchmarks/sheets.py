"""A register taken over by page against ``import_records``: rows a second, as a ratio in one run, and memory.

``python -m benchmarks.sheets --rows 10000``. Both import the same CSV file with the same profile, the one that the page makes
of its columns, each into a bureau of its own.
"""

import argparse
import resource
import time
from pathlib import Path
from typing import Any

from benchmarks import own

HERE = Path(__file__).resolve().parent
COLUMNS = 30
KB = 1024


def main() -> None:
    """Print what each step took."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sheets", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--page-only", action="store_true", help="without import_records")
    parser.add_argument("--data-dir", type=Path, default=HERE.parent / ".data-bench-sheets")
    options = parser.parse_args()
    with own.servers(options.data_dir) as data_dir:
        measure(options.rows, data_dir, page_only=options.page_only)


def write_register(path: Path, rows: int) -> None:
    """Write a register of ``rows`` rows and 30 columns."""
    names = ["编号", "单位名称", "地址", "法定代表人", "联系电话", "从业人数", "登记日期"]
    with path.open("w", encoding="utf-8") as file:
        print(*names, *(f"附加{number}" for number in range(COLUMNS - len(names))), sep=",", file=file)
        for number in range(rows):
            own = [
                f"N{number}",
                f"商户{number}号",
                f"南街{number}号",
                "刘洋",
                f"138{number:08d}",
                "5",
                "2021-05-03",
            ]
            print(*own, *(f"值{number % 97}" for _column in range(COLUMNS - len(own))), sep=",", file=file)


def measure(rows: int, folder: Path, *, page_only: bool) -> None:
    """Import by page into one bureau and, unless ``page_only``, by the command into another."""
    from django.core.management import call_command

    from foundation.accounts.actors import system_actor
    from foundation.accounts.choices import Role
    from foundation.accounts.models import Bureau, RoleGrant, Station, User
    from foundation.accounts.selectors import actor_in_grant
    from foundation.tenancy.scope import station_scope
    from imports.models import Upload
    from imports.operations import run_import, specs, taking_over, uploads
    from imports.operations.organisations import OwnStations
    from imports.profile_reading import load

    call_command("migrate", verbosity=0)
    user = User.objects.create(username="chief", full_name="Chief")
    bureaus = [Bureau.objects.create(code=code, name=code) for code in ("PAGE", "COMMAND")]
    stations = [Station.objects.create(bureau=each, code="N01", name=f"{each.code} 1") for each in bureaus]
    grant = RoleGrant.objects.create(user=user, role=Role.CHIEF, bureau=bureaus[0], station=stations[0])
    actor = actor_in_grant(user, grant.pk)
    assert actor
    path = folder / "sheet"
    write_register(path, rows)
    took: dict[str, tuple[float, float]] = {}

    def timed(step: str, work: Any) -> Any:
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
        began, used = time.perf_counter(), time.process_time()
        result = work()
        seconds, used = time.perf_counter() - began, time.process_time() - used
        took[step] = seconds, used
        print(
            f"{step:12} {seconds:7.1f} s, {used:7.1f} of this process's processor"
            f"  {rows / seconds:8,.0f} rows/s  memory at most {peak():,.0f} MB",
            flush=True,
        )
        return result

    def go_on() -> None:
        taking_over.go_on(bureau_id=bureaus[0].pk, upload_id=sheet.pk)

    with station_scope(actor.scope()), path.open("rb") as file:
        sheet = uploads.upload(actor=actor, kind="enterprise", name="list.csv", stream=file)
    timed("page: read", go_on)
    with station_scope(actor.scope()):
        sheet = Upload.objects.get(pk=sheet.pk)
        profile = specs.profile_of(sheet, OwnStations(bureaus[0], stations[0].pk))
        uploads.confirm_columns(actor=actor, upload_id=sheet.pk, columns=sheet.columns)
    timed("page: check", go_on)
    with station_scope(actor.scope()):
        uploads.write(actor=actor, upload_id=sheet.pk)
    timed("page: write", go_on)
    with station_scope(actor.scope()):
        sheet = Upload.objects.get(pk=sheet.pk)
        assert sheet.counts["written"] == rows, sheet.counts
    if not page_only:
        (folder / "own.toml").write_text(profile)
        timed(
            "command",
            lambda: run_import(
                actor=system_actor(bureau_id=0),
                profile=load(str(folder / "own.toml")),
                folder=folder,
                bureau_code="COMMAND",
            ),
        )
        whole, own = took["command"]
        for step, (seconds, used) in took.items():
            print(f"{step:12} {seconds / whole:5.2f} × command, processor {used / own:5.2f} ×")
    print(
        f"memory of a reading process at most {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / KB:,.0f} MB"
    )


def peak() -> float:
    """Return the largest memory of this process since it was reset, in MB."""
    (line,) = (
        each for each in Path("/proc/self/status").read_text().splitlines() if each.startswith("VmHWM:")
    )
    return int(line.split()[1]) / KB


if __name__ == "__main__":
    main()
