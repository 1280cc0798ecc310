"""Writes of the imports app."""

from imports.operations.exporting import record_export
from imports.operations.run import Result, run_import

__all__ = ["Result", "record_export", "run_import"]
