"""The modules and apps of this project, recognised by where the code lies instead of a list of names."""

import sys
import sysconfig
from pathlib import Path

from django.apps import AppConfig, apps

_FOREIGN = tuple(
    Path(place).resolve()
    for name, place in sysconfig.get_paths().items()
    if name in ("stdlib", "platstdlib", "purelib", "platlib")
)


def is_project_module(name: str) -> bool:
    """Return whether a module is part of this project, not of an installed package or of Python."""
    module = sys.modules.get(name)
    if module is None and "." in name:
        return is_project_module(name.rpartition(".")[0])
    path = getattr(module, "__file__", None)
    return path is not None and not any(Path(path).resolve().is_relative_to(place) for place in _FOREIGN)


def project_apps() -> list[AppConfig]:
    """Return this project's installed apps in the order of ``INSTALLED_APPS``."""
    return [config for config in apps.get_app_configs() if is_project_module(config.name)]
