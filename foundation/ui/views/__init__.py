"""One list, one form, one record and one act view, on Django's own class-based views.

What every page must do stands here and nowhere else:

1. ``permission``: nobody without it gets in, people who are not logged in are sent to the login page. ``as_view()``
   leaves it on the view, where ``manage.py check`` and the isolation matrices look for it.
2. The acting role: a form sent under another role than it was shown under is refused, whatever it would do. Forms of
   the kit carry it by themselves, a button's own form includes ``ui/_button_guards.html``.
3. The record's version: whoever was slower learns who was quicker, keeps what was typed, and may go on from there.
4. The form's key: a form of something new that arrives twice makes one record.
5. What an operation refuses stands at the fields it names, else above the form, with status 422.
6. htmx: a small form is a dialog for htmx and a page without it; afterwards the whole page moves on.
"""

from foundation.ui.views.reading import Button, Crumb, ListPage, OfRecord, Page, RecordPage
from foundation.ui.views.writing import (
    ActPage,
    ButtonPage,
    CreatePage,
    EditPage,
    FormPage,
    Posting,
    RecordForm,
    ShownOnce,
)

__all__ = [
    "ActPage",
    "Button",
    "ButtonPage",
    "CreatePage",
    "Crumb",
    "EditPage",
    "FormPage",
    "ListPage",
    "OfRecord",
    "Page",
    "Posting",
    "RecordForm",
    "RecordPage",
    "ShownOnce",
]
