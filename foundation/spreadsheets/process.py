"""The process that reads a workbook, as its parent sees it."""

import json
import signal
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import structlog

from foundation.spreadsheets import workbook
from foundation.spreadsheets.refusal import Refusal

logger = structlog.get_logger(__name__)
_TOO_LONG = {-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM}
_TOO_LARGE = {-signal.SIGABRT, workbook.NO_MEMORY}


class WorkbookProcess(AbstractContextManager["WorkbookProcess"]):
    """A process that reads one workbook within limits (``workbook.py``)."""

    def __init__(self, path: Path, *sheet: str) -> None:
        self._path = path
        self._process = subprocess.Popen(
            [sys.executable, "-m", workbook.__name__, str(path.absolute()), *sheet],
            cwd=Path(__file__).parents[2],
            env={"PYTHONUTF8": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            process_group=0,
        )

    def next(self) -> Any:
        """Return the next value that it wrote. Raise Refusal."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if line.endswith("\n"):
            value = json.loads(line)
            if isinstance(value, dict) and "refused" in value:
                raise Refusal(value["refused"], **value["values"])
            return value
        code = self._process.wait()
        logger.warning("a workbook could not be read", file=self._path.name, code=code)
        if code in _TOO_LONG:
            raise Refusal("time")
        raise Refusal("memory" if code in _TOO_LARGE else "damaged")

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def __exit__(self, *_error: object) -> None:
        self.close()
