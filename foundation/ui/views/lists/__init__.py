"""Lists, an idea a module: each class adds one to the class before it.

``results`` (htmx replaces the rows) and ``downloadable`` (a list to take away), ``rows`` (what the URL asks for),
``arranging`` (views and columns), ``as_file``, ``picks`` (acts on many rows), ``page``.
"""

from foundation.ui.views.lists.downloadable import Downloadable
from foundation.ui.views.lists.page import ListPage
from foundation.ui.views.lists.results import WithResults

__all__ = ["Downloadable", "ListPage", "WithResults"]
