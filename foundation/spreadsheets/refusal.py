"""Why a sheet is refused, as a code: the process that reads workbooks knows no language and no settings."""

from typing import Any


class Refusal(Exception):
    """A code of ``unreadable.REASONS``, and the values of its sentence."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values
