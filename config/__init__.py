"""Project configuration.

``warnings/`` is a second source root, not a package: a package of that name would hide the standard
library's ``warnings`` from every entry point and none of them would start. Its apps are imported as
``ratings`` and ``deliveries``. An installed checkout gets the root from ``pyproject.toml``
(``dev-mode-dirs``); this line gives it to a bare one.
"""

import sys
from pathlib import Path

_SECOND_ROOT = str(Path(__file__).resolve().parent.parent / "warnings")
if _SECOND_ROOT not in sys.path:
    sys.path.append(_SECOND_ROOT)

from config.celery import app as celery_app  # noqa: E402  (needs the second root)

__all__ = ["celery_app"]
