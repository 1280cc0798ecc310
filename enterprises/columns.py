"""What apps above the register contribute to its list: one loader per column, one statement per loader.

The register knows nothing of hazards or ratings; ``desk`` registers their loaders. The list calls each with the ids
of the page it shows, never with the whole register.
"""

from collections.abc import Callable, Sequence
from typing import Any

from foundation.accounts.actors import Actor

Loader = Callable[[Actor, Sequence[int]], dict[int, Any]]

loaders: dict[str, Loader] = {}


def register(code: str, loader: Loader) -> None:
    """Add (or replace) the loader of a column; it returns a value by enterprise id, none where it has none."""
    loaders[code] = loader


def load(actor: Actor, ids: Sequence[int]) -> dict[str, dict[int, Any]]:
    """All contributed columns for these enterprises."""
    return {code: loader(actor, ids) for code, loader in loaders.items()} if ids else {}
