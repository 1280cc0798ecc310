"""Writes of the imports app."""

from imports.operations.run import Result, run_import

__all__ = ["Result", "run_import"]
