"""What management commands share: a bureau by its code, and a refusal in one line."""

from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from foundation.accounts.models import Bureau
from foundation.faults import in_one_line
from foundation.identifiers import folded


def bureau_by_code(code: str) -> Bureau:
    """Return the bureau with this code. Raise CommandError with the one that was probably meant, or with all codes."""
    try:
        return Bureau.objects.get(code=code)
    except Bureau.DoesNotExist:
        known = list(Bureau.objects.values_list("code", flat=True))
    similar = get_close_matches(folded(code), [folded(each) for each in known], n=1, cutoff=0.8)
    meant = [each for each in known if folded(each) in similar]
    hint = f"Did you mean {meant[0]!r}?" if meant else f"Bureaus: {', '.join(known) or 'none yet'}."
    raise CommandError(f"There is no bureau {code!r}. {hint}")


def refusal(error: Exception) -> CommandError:
    """Return why an operation refused, each fault of a field after its name."""
    return CommandError(in_one_line(error) if isinstance(error, ValidationError) else str(error))
