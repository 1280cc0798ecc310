"""The words of the page that works without network. Its scripts put them together."""

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """Return the words in the reader's language, by the names that the scripts use."""
    return {"x": _("Work without network")}
