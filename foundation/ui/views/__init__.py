"""One list, one form, one record and one act view, on Django's own class-based views.

The duties of every page are implemented here and nowhere else:

1. ``permission``: nobody without it gets in; people who are not logged in are sent to the login page. ``as_view()`` sets
   it on the view, where ``manage.py check`` and the isolation matrices look for it.
2. The acting role: a form sent under another role than it was shown under is refused, whatever it would do, and can be
   shown again under either role (``posting.py``). The kit adds the role to its forms; a button's own form includes
   ``ui/_button_guards.html``; htmx sends the page's role with each request.
3. The record's version: the slower of two people learns who was quicker, keeps what they typed, and may continue.
4. The form's key: a form that creates something makes one record even if it arrives twice.
5. What an operation refuses is shown at the fields it names, or else above the form, with status 422.
6. htmx: a small form is a dialog with htmx and a page without; afterwards the whole page is replaced.
"""

from foundation.ui.views.acting import ActPage, ButtonPage, ShownOnce
from foundation.ui.views.lists import Downloadable, ListPage, WithResults
from foundation.ui.views.picking import Picker
from foundation.ui.views.posting import Posting
from foundation.ui.views.reading import (
    Button,
    Crumb,
    OfRecord,
    Page,
    RecordPage,
    chosen_in,
    given_in,
    id_in,
    invalid_of,
)
from foundation.ui.views.records import Compared, Difference, EditPage, RecordForm, in_words
from foundation.ui.views.writing import TAKEN, CreatePage, FormPage, SentOnce

__all__ = [
    "TAKEN",
    "ActPage",
    "Button",
    "ButtonPage",
    "Compared",
    "CreatePage",
    "Crumb",
    "Difference",
    "Downloadable",
    "EditPage",
    "FormPage",
    "ListPage",
    "OfRecord",
    "Page",
    "Picker",
    "Posting",
    "RecordForm",
    "RecordPage",
    "SentOnce",
    "ShownOnce",
    "WithResults",
    "chosen_in",
    "given_in",
    "id_in",
    "in_words",
    "invalid_of",
]
