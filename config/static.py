"""Which static files there are, and how production serves them.

Packages bring hundreds of files; pages use a dozen. Those are named here one by one, so the site finds the same files
whether it reads them from the packages (development) or from the folder that ``collectstatic`` filled (production).
"""

import re
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution
from django.core.files.storage import FileSystemStorage
from django.utils.functional import cached_property
from whitenoise.storage import CompressedManifestStaticFilesStorage

# below the checkout → the files, and the name of their folder on the site. front/build.mjs makes front/built.
NPM_FILES = {
    "front/built": ("front", ["tabler.css", "phone.css", "icons.css", "icons.woff2"]),
    "node_modules/@tabler/core/dist/js": ("tabler/js", ["tabler.min.js"]),
    "node_modules/htmx.org/dist": ("htmx", ["htmx.min.js"]),
    "node_modules/tom-select/dist/js": ("tom-select", ["tom-select.popular.min.js"]),
    "node_modules/echarts/dist": ("echarts", ["echarts.min.js"]),
    "node_modules/idb/build": ("idb", ["umd.js"]),
    "node_modules/signature_pad/dist": ("signature_pad", ["signature_pad.umd.min.js"]),
}
SWAGGER_FOLDER = "drf_spectacular_sidecar/swagger-ui-dist"
SWAGGER_FILES = ["swagger-ui.css", "swagger-ui-bundle.js"]
CheckMessages = list[CheckMessage]  # below, ``list`` is the finder's method
NAMED = re.compile(r"""\{%\s*static\s+["']([^"']+)["']""")


def _package_files() -> dict[str, Path]:
    """Return every file of a package that pages use: its name on the site → its place on disk."""
    sidecar = find_spec("drf_spectacular_sidecar")
    swagger = Path(str(sidecar and sidecar.origin)).parent / "static" / SWAGGER_FOLDER
    files = {f"{SWAGGER_FOLDER}/{name}": swagger / name for name in SWAGGER_FILES}
    for folder, (prefix, names) in NPM_FILES.items():
        files |= {f"{prefix}/{name}": settings.BASE_DIR / folder / name for name in names}
    return files


class _PackageStorage(FileSystemStorage):
    """The files of ``_package_files``, each in its own place."""

    def __init__(self) -> None:
        super().__init__(location=settings.BASE_DIR)
        self.files = _package_files()

    def path(self, name: str) -> str:
        return str(self.files[name])


class PackageFinder(BaseFinder):
    """Finds the files of packages that are named above, and no other."""

    def __init__(self, *_args: Any, **_options: Any) -> None:
        self.storage = _PackageStorage()

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:
        files = [str(self.storage.files[path])] if path in self.storage.files else []
        return (
            files[0] if files and not find_all else files
        )  # Django's finders too find [] where there is nothing

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in self.storage.files:
            yield name, self.storage

    def check(self, **_options: Any) -> CheckMessages:
        """Report files that packages do not have, and templates that name a file nobody finds."""
        missing = [name for name, file in self.storage.files.items() if not file.exists()]
        return [
            *(Caution(f"{name} is missing. Run: make install", id="static.W101") for name in missing),
            *(
                Error(f"{template} names {name}, which no folder and no package has.", id="static.E101")
                for template, name in named_by_templates()
                if not finders.find(name)
            ),
        ]


def named_by_templates() -> Iterator[tuple[Path, str]]:
    """Yield (template, static file) for each ``{% static "…" %}`` of the project's own templates."""
    folders: Any = settings.TEMPLATES[0]["DIRS"]
    for folder in folders:
        for template in sorted(Path(folder).rglob("*.html")):
            for name in NAMED.findall(template.read_text(encoding="utf-8")):
                yield template.relative_to(folder), name


def _without_source_maps(patterns: tuple) -> tuple:
    return tuple(
        (
            files,
            tuple(
                rule
                for rule in rules
                if "sourceMappingURL" not in (rule if isinstance(rule, str) else rule[0])
            ),
        )
        for files, rules in patterns
    )


class PlainStaticStorage(StaticFilesStorage):
    """Files under their own names. While a process runs, a file keeps its address: a page asks for some thirty."""

    @cached_property
    def _addresses(self) -> dict[str | None, str]:
        return {}

    def url(self, name: str | None, *arguments: Any) -> str:
        if arguments:
            return super().url(name, *arguments)
        if name not in self._addresses:
            self._addresses[name] = super().url(name)
        return self._addresses[name]


class StaticStorage(PlainStaticStorage, CompressedManifestStaticFilesStorage):
    """Hashed and compressed files. npm packages name source maps they do not ship; such references stay as they are."""

    patterns = _without_source_maps(CompressedManifestStaticFilesStorage.patterns)
