"""Choices that every kind of fact has."""

from enum import StrEnum


class FactAction(StrEnum):
    """The acts on facts of every kind. With the kind they are the actions in the audit log: ``hazard.create``."""

    CREATE = "create"
    CORRECT = "correct"
    VOID = "void"
    CREATE_MANY = "create_many"
    ATTACH = "attach"
    VOID_FILE = "void_file"
