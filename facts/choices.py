"""Choices that every kind of fact has."""

from enum import StrEnum


class FactAction(StrEnum):
    """What is done to facts of every kind; after the kind it is an action in the log: ``hazard.create``."""

    CREATE = "create"
    CORRECT = "correct"
    VOID = "void"
    CREATE_MANY = "create_many"
