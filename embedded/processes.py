"""Processes of the machine: whose they are and how they end."""

import contextlib
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import psutil


class Server(Protocol):
    """One embedded server."""

    name: str
    process_name: str
    folder: Path
    log: Path
    keys: dict[str, Any]

    def answers(self) -> bool:
        """Whether it takes our password on our port."""

    def prepare(self) -> None:
        """Make the folder ready to start in. Refuses (ServersError) what it cannot use."""

    def launch(self) -> subprocess.Popen:
        """Start the process, in a session of its own."""

    def ready(self) -> None:
        """Make what the application expects inside the running server."""

    def stop(self) -> None:
        """End it, gently first."""


def processes_in(folder: Path, name: str) -> list[psutil.Process]:
    """Processes of that program which work in this folder, the oldest first.

    Both servers change into their data folder; unlike the id in a pid file, that is never somebody else's.
    """
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.name() == name and Path(process.cwd()) == folder:
                found.append(process)
    return sorted(found, key=lambda process: (process.create_time(), process.pid))


def end_processes(processes: Iterable[psutil.Process], signals: Sequence[int], wait_s: float) -> None:
    """Send one signal after the other until all have gone."""
    left = list(processes)
    for number in signals:
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.send_signal(number)
        deadline = time.monotonic() + wait_s
        while left := [process for process in left if is_alive(process)]:
            if time.monotonic() > deadline:
                break
            time.sleep(0.01)
        if not left:
            return


def is_alive(process: psutil.Process) -> bool:
    """Whether it still does anything; who reaps the dead, and when, is not our matter."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
