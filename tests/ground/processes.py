"""Real processes of the project for the tests: started, watched and stopped afterwards."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from tests.surroundings import as_the_machine_has_it
from tests.waiting import patience, wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
# The test session's own settings must not reach a process that has to configure itself.
_SESSION = {
    "DATA_DIR",
    "REDIS_DB",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "ANQI_DEMO",
    "PORT",
}


def surroundings(**changes: str) -> dict[str, str]:
    """Return the environment of a user who configured only this."""
    kept = {name: value for name, value in os.environ.items() if name not in _SESSION}
    return as_the_machine_has_it(kept) | {"PYTHONUNBUFFERED": "1"} | changes


def manage(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run a manage.py command to its end."""
    return run([sys.executable, "manage.py", *arguments], **changes)


def run(command: list[str], **changes: str) -> subprocess.CompletedProcess[str]:
    """Run any command to its end."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env=surroundings(**changes),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=patience(180),
    )


def _heed_ctrl_c() -> None:
    """What a shell starts in the background ignores SIGINT, and so does all that it starts; a test run may be that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Running:
    """A started process whose output goes to a file."""

    def __init__(self, command: list[str], output: Path, **changes: str) -> None:
        self.output = output
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=surroundings(**changes),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # its own process group, as a terminal starts a command
                preexec_fn=_heed_ctrl_c,
            )

    @property
    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def wait_for(self, text: str, seconds: float = 100) -> None:
        """Wait until this text is in the output."""
        with contextlib.suppress(AssertionError):
            wait_until(lambda: text in self.said or self.process.poll() is not None, seconds)
        assert text in self.said, self.said

    def press_ctrl_c(self) -> int:
        """Send SIGINT to the whole group, as a terminal does. Returns the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(patience(60))


@contextlib.contextmanager
def anqi(data_dir: Path, port: int, **changes: str) -> Iterator[Running]:
    """Run the whole system on a data folder."""
    command = [sys.executable, "-m", "embedded.run"]
    started = Running(
        command,
        data_dir.parent / f"{data_dir.name}.{port}.out",
        DATA_DIR=str(data_dir),
        PORT=str(port),
        **changes,
    )
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.process.terminate()
            started.process.wait(patience(60))


def of_folder(data_dir: Path) -> list[psutil.Process]:
    """Return all processes that work in the folder or were started for it."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            mine = process.environ().get("ANQI_RUN") == str(data_dir) or str(data_dir) in process.cwd()
            if mine and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found
