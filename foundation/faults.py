"""Several rules judged together, so that a person reads every fault of a form in one answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

UNCHANGED = "unchanged"  # the code of the refusal to save what differs in nothing


class Faults:
    """The ValidationErrors of several rules, by field. The first one at a field stands; later rules may only follow from it."""

    def __init__(self) -> None:
        self.by_field: dict[str, list[Any]] = {}

    def __bool__(self) -> bool:
        return bool(self.by_field)

    def add(self, error: ValidationError, prefix: str = "") -> None:
        for name, problems in by_field(error).items():
            if name:
                self.by_field.setdefault(f"{prefix}{name}", list(problems))
            else:
                self.by_field.setdefault(prefix or NON_FIELD_ERRORS, []).extend(problems)

    @contextmanager
    def of(self, prefix: str = "") -> Iterator[None]:
        """Keep what the rules in the block refuse. ``prefix`` goes before the names of the fields."""
        try:
            yield
        except ValidationError as error:
            self.add(error, prefix)

    def refuse(self) -> None:
        """Raise one ValidationError with all of them, if there are any."""
        if self.by_field.keys() == {NON_FIELD_ERRORS}:
            raise ValidationError(self.by_field[NON_FIELD_ERRORS])
        if self:
            raise ValidationError(self.by_field)


def by_field(error: ValidationError) -> dict[str, Any]:
    """Return the problems by field; those of no field under an empty name."""
    if not hasattr(error, "error_dict"):
        return {"": error.error_list}
    return {("" if name == NON_FIELD_ERRORS else name): found for name, found in error.error_dict.items()}


def in_one_line(error: ValidationError) -> str:
    """Return the problems as one line; those of a field after its name."""
    fields = by_field(error)
    found = ((name, text) for name in fields for text in ValidationError(fields[name]).messages)
    return "; ".join(f"{name}: {text}" if name else text for name, text in found)
