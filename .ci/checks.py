"""Every check of `make test` besides the tests. Runs all of them and lists the failures at the end.

`--fix` formats templates, scripts and style sheets first (`make lint`).
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-m"]
BIOME = [str(Path(sys.executable).with_name("node")), "node_modules/@biomejs/biome/bin/biome"]
MANAGE = [sys.executable, "manage.py"]
# An invented production environment: checks and mypy's plugin only read the settings, nothing connects.
PRODUCTION = {
    "DATABASE_URL": "postgres://anqi_app:invented@127.0.0.1:1/anqi",
    "DATABASE_OWNER_URL": "postgres://anqi_owner:invented@127.0.0.1:1/anqi",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SECRET_KEY": "an-invented-key-of-fifty-characters-and-more-0123456789-abcdefghij",
    "ALLOWED_HOSTS": "anqi.example",
    "CSRF_TRUSTED_ORIGINS": "https://anqi.example",
}


def templates() -> list[str]:
    """Return the project's own templates."""
    return [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("templates/**/*.html"))]


def checks(fix: bool) -> list[tuple[str, list[str], dict[str, str]]]:
    """Return name, command and additional environment of each check, those that write before those that read."""
    djhtml = [*PYTHON, "djhtml", "--tabwidth", "2", *([] if fix else ["--check"]), *templates()]
    return [
        ("ruff", [*PYTHON, "ruff", "check", "."], {}),
        ("ruff format", [*PYTHON, "ruff", "format", "--check", "."], {}),
        ("djhtml", djhtml, {}),
        ("biome", [*BIOME, *(["check", "--write"] if fix else ["ci"]), "--error-on-warnings"], {}),
        ("import-linter", [str(Path(sys.executable).with_name("lint-imports"))], {}),
        ("mypy", [*PYTHON, "mypy"], PRODUCTION),
        ("check", [*MANAGE, "check", "--fail-level", "WARNING"], {}),
        ("check --deploy", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"], {}),
        ("translations", [*MANAGE, "translations", "--check"], {}),
    ]


def run(command: list[str], environment: dict[str, str]) -> tuple[int, float, str]:
    """Run a check. Return its exit code, its seconds and what it said."""
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | environment | {"ENV_FILE": ""},  # not the settings of this machine
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    return done.returncode, time.monotonic() - began, done.stdout + done.stderr


def main() -> int:
    """Run all checks, two at a time unless they write. Return whether any failed."""
    fix, failed = "--fix" in sys.argv, []
    # The longest first, beside all the others.
    wanted = sorted(checks(fix), key=lambda check: check[0] != "mypy" and not fix)
    with ThreadPoolExecutor(1 if fix else 2) as pool:
        waiting = {pool.submit(run, command, environment): name for name, command, environment in wanted}
        for done in as_completed(waiting):
            code, seconds, said = done.result()
            print(f"{'FAIL' if code else 'ok  '} {waiting[done]} ({seconds:.1f} s)", flush=True)
            if code:
                failed.append(waiting[done])
                print(said[-6000:], flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
