"""Project configuration.

``warnings/`` is a second source root, not a package: a package of that name would hide the standard library's
``warnings``, and no entry point would start. Its apps are imported as ``ratings`` and ``deliveries``. An installed
checkout gets this root from ``pyproject.toml`` (``dev-mode-dirs``); the lines below add it otherwise.
"""

import sys
from pathlib import Path

_SECOND_ROOT = str(Path(__file__).resolve().parent.parent / "warnings")
if _SECOND_ROOT not in sys.path:
    sys.path.append(_SECOND_ROOT)

from config.celery import app as celery_app  # noqa: E402  (needs the second root)

__all__ = ["celery_app"]
