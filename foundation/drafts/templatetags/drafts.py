"""What the scripts of forms must know: whose text it is, addresses and words."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from foundation.drafts.owners import owners_of, person_of
from foundation.words import once_per_language

register = template.Library()


@register.simple_tag(takes_context=True)
def drafts(context: template.Context) -> SafeString:
    """Return the JSON that ``static/anqi/drafts.js`` reads. Error pages without a request know nobody."""
    request: Any = context.get("request")
    owners = owners_of(request) if request is not None else []
    actor = getattr(request, "actor", None)
    return json_script(
        {
            "owners": [[owner.name, owner.key] for owner in owners],
            "person": person_of(request) if owners else "",
            "acting": str(actor.grant_id) if actor else "",
            "session": reverse("drafts:session"),
            "list": reverse("drafts:kept"),
            "login": reverse("account_login"),
            "logout": reverse("account_logout"),
            "words": _words(),
        },
        "anqi-drafts",
    )


@once_per_language
def _words() -> dict[str, str]:
    return {
        # the quiet line of a form
        "kept": gettext("Not saved yet. Kept on this device, {time}"),
        "blocked": gettext(
            "Not kept on this device: this browser does not allow it, or its storage is full. Save "
            "before you leave the page."
        ),
        "other_role": gettext(
            "Not kept on this device: the page behind was opened under another role. Save before you leave the page."
        ),
        "too_long": gettext("Too long to be kept on this device. Save before you leave the page."),
        # offered again
        "offer": gettext("What you typed here at {time} was not saved."),
        "put_back": gettext("Put it back"),
        "discard": gettext("Discard"),
        "recorded": gettext(
            "This form was recorded. Its page may lack parts of what you typed, because browsers restore some fields only."
        ),
        "open_recorded": gettext("Open what was recorded"),
        "another": gettext("Record another"),
        "is_back": gettext("What you typed is back, as of {time}. It is not saved yet."),
        "part": gettext("Part of it does not fit the form any more: see Unsaved texts."),
        "elsewhere": gettext("What you typed in “{title}” is not saved yet. It is kept on this device."),
        "open": gettext("Show unsaved texts"),
        "came_back": gettext(
            "Log in again. What you typed is kept on this device and is there again after you log in as the same person."
        ),
        # why a form was not saved
        "no_network": gettext("No connection to the server."),
        "no_answer": gettext(
            "No answer from the server: the connection broke while the form was being sent. It may or may not have been saved."
        ),
        "unavailable": gettext("The server is not available at the moment."),
        "by_itself": gettext(
            "It is sent again as soon as the server answers, while this page stays open; sent twice, it counts once."
        ),
        "by_hand": gettext("Try again when there is a connection."),
        "failed": gettext("Something went wrong on our side. Nothing was saved."),
        "gone": gettext(
            "This record is no longer here, or your present role does not include it. Nothing was saved."
        ),
        "forbidden": gettext("Your present role does not allow this. Nothing was saved."),
        "conflict": gettext(
            "Somebody changed this in the meantime. Nothing was saved. Open it again in another tab to see it."
        ),
        "too_many": gettext("Too many requests. Nothing was saved. Wait a moment, then try again."),
        "too_large": gettext("This is more than the server accepts. Nothing was saved."),
        "unreadable": gettext("The server could not read this form. Nothing was saved."),
        "token": gettext(
            "The server could not be sure that this form came from you. Nothing was saved. Allow cookies for this address, "
            "then try again."
        ),
        "other_person": gettext(
            "Somebody else is logged in in this browser now. Nothing was saved. Only you see what you typed, after you have "
            "logged in again."
        ),
        "logged_out": gettext("You are no longer logged in. Nothing was saved."),
        "is_kept": gettext("What you typed is kept on this device."),
        "only_here": gettext("What you typed is only on this page: do not close it."),
        "again": gettext("Try again"),
        "log_in": gettext("Log in"),
        "log_in_tab": gettext("Log in in another tab"),
        # the list
        "untitled": pgettext("a form", "Form"),
        "go": gettext("Open the form"),
        "none": gettext("Nothing unsaved is kept on this device for your present role."),
    }
