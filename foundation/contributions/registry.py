"""The registry in which apps declare things: by code, filled by modules of one name."""

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, Protocol, TypeVar

from django.utils.module_loading import autodiscover_modules

from foundation.words import Words


class Coded(Protocol):
    """Anything that has a code."""

    @property
    def code(self) -> str: ...


T = TypeVar("T", bound=Coded)
MODULES: list[str] = ["access", "audit"]  # permissions and acts come first: other declarations name them


class Registry(Generic[T]):
    """What apps declare in their module called ``module``, by code, in the order of ``INSTALLED_APPS``."""

    def __init__(self, module: str) -> None:
        self.module = module
        self._items: dict[str, T] = {}
        if module not in MODULES:
            MODULES.append(module)

    def register(self, *items: T) -> None:
        """Add declarations. Raise ValueError for a code that another declaration has."""
        for item in items:
            if self._items.get(item.code, item) != item:
                raise ValueError(f"declared twice in {self.module}.py: {item.code}")
            self._items[item.code] = item

    def __iter__(self) -> Iterator[T]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, code: str) -> bool:
        return code in self._items

    def __getitem__(self, code: str) -> T:
        return self._items[code]

    def get(self, code: str) -> T | None:
        """Return the declaration with this code, None if there is none."""
        return self._items.get(code)


class WordsOf(Mapping[str, Words], Generic[T]):
    """Words for what is declared in a registry, by code. Apps may declare theirs after this is written down.

    Raise KeyError for a code that nobody declared.
    """

    def __init__(self, registry: Registry[T], words: Callable[[T], Words]) -> None:
        self._registry, self._words = registry, words

    def __getitem__(self, code: str) -> Words:
        return self._words(self._registry[code])

    def __iter__(self) -> Iterator[str]:
        return (item.code for item in self._registry)

    def __len__(self) -> int:
        return len(self._registry)


def gather() -> None:
    """Import the declaring modules of every installed app, as Django does with ``admin.py``."""
    autodiscover_modules(*MODULES)
