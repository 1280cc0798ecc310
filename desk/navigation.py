"""Who sees which entries in the navigation. Data; foundation.ui.shell turns it into links.

An entry is left out silently while its url names do not resolve, so that pages can arrive one by one, and for people
whose role may not open its page (the view declares that, see foundation.accounts.access).
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Entry:
    """One link: ``urls`` are url names tried in turn, ``active`` url-name prefixes that light it up, ``key`` the
    letter after ``g`` on the keyboard, ``badge`` the name of a figure in ``request.badges``.
    """

    label: str | Promise
    icon: str
    urls: tuple[str, ...]
    active: tuple[str, ...]
    key: str = ""
    badge: str = ""


# active: "enterprises:" would light up for activities too, which stand under Inspections
REGISTER = ("list", "create", "edit", "assign", "hand_over", "inactivity", "liaison")

TODAY = Entry(_("Today"), "sun", ("desk:today",), ("desk:today",), key="t", badge="today")
BUREAU = Entry(_("Bureau"), "building-community", ("desk:bureau",), ("desk:bureau",), key="t")
ENTERPRISES = Entry(
    _("Enterprises"),
    "building-factory-2",
    ("enterprises:list",),
    ("desk:file", *(f"enterprises:{page}" for page in REGISTER)),
    key="e",
)
INSPECTIONS = Entry(
    _("Inspections"),
    "clipboard-check",
    ("inspections:inspections",),
    ("inspections:inspection", "inspections:self_check", "service:activit"),
    key="i",
)
HAZARDS = Entry(
    _("Hazards"),
    "alert-triangle",
    ("inspections:hazards",),
    ("inspections:hazard",),
    key="h",
    badge="hazards",
)
DISPUTES = Entry(_("Disputes"), "users", ("disputes:list",), ("disputes:",), key="d")
INCIDENTS = Entry(_("Incidents"), "bell", ("incidents:list",), ("incidents:",), key="c")
WARNING = Entry(
    _("Warning"),
    "traffic-lights",
    ("ratings:warning",),
    ("ratings:warning", "ratings:run", "ratings:evaluation", "ratings:rating"),
    key="w",
)
STANDARDS = Entry(_("Standards"), "list-details", ("ratings:standards",), ("ratings:standard",), key="s")
IMPORTS = Entry(_("Imports"), "file-import", ("imports:list",), ("imports:",))
PEOPLE = Entry(pgettext_lazy("persons", "People"), "user-cog", ("accounts:users",), ("accounts:user",))
AUDIT = Entry(_("Audit log"), "history", ("accounts:audit",), ("accounts:audit",))

MY_COLOUR = Entry(
    _("My colour"), "traffic-lights", ("portal:my_enterprise",), ("portal:my_enterprise",), key="w"
)
PORTAL_HAZARDS = Entry(
    pgettext_lazy("portal", "Hazards"),
    "alert-triangle",
    ("inspections:hazards",),
    ("inspections:hazard",),
    key="h",
    badge="hazards",
)
SELF_CHECKS = Entry(
    _("Self-checks"), "list-check", ("inspections:self_checks",), ("inspections:self_check",), key="s"
)
ACTIVITIES = Entry(_("Activities"), "school", ("service:activities",), ("service:activit",), key="a")

TO_DO = Entry(_("To do"), "checklist", ("portal:my_tasks",), ("portal:my_tasks",), key="t")

DEPARTMENT_INBOX = Entry(
    _("Inbox"),
    "inbox",
    ("deliveries:inbox",),
    ("deliveries:inbox", "deliveries:message", "deliveries:feedback"),
    key="t",
    badge="inbox",
)
MY_SUBSCRIPTIONS = Entry(
    _("Subscriptions"),
    "rss",
    ("deliveries:my_subscriptions",),
    ("deliveries:my_subscription", "deliveries:tune", "deliveries:replay", "deliveries:rotate"),
    key="s",
)
SUBSCRIPTIONS = Entry(
    _("Departments"),
    "building-community",
    ("deliveries:subscriptions",),
    ("deliveries:subscription", "deliveries:receipts"),
    key="p",
)
BOARD = Entry(
    _("Deliveries"),
    "send",
    ("deliveries:board",),
    ("deliveries:board", "deliveries:delivery"),
    badge="alarms",
)
KEYS = Entry(_("API keys"), "key", ("accounts:keys",), ("accounts:key",))

BUREAUS = Entry(
    _("Bureaus"),
    "building-community",
    ("accounts:bureaus",),
    ("accounts:bureau", "accounts:station", "accounts:department"),
    key="t",
)
HEALTH = Entry(_("Health"), "heartbeat", ("health",), ("health",))

# (group heading or "", entries); a heading without visible entries is not shown
Groups = tuple[tuple[str | Promise, tuple[Entry, ...]], ...]

STATION: Groups = (
    ("", (TODAY, ENTERPRISES)),
    (_("Casework"), (INSPECTIONS, HAZARDS, DISPUTES, INCIDENTS)),
    (_("Rating"), (WARNING, STANDARDS)),
    (_("Records"), (IMPORTS, PEOPLE, AUDIT)),
)
SUPERVISION: Groups = (
    ("", (BUREAU, ENTERPRISES)),
    (_("Casework"), (INSPECTIONS, HAZARDS, DISPUTES, INCIDENTS)),
    (_("Rating"), (WARNING, STANDARDS, SUBSCRIPTIONS)),
    (_("Records"), (IMPORTS, PEOPLE, KEYS, AUDIT)),
)
PORTAL: Groups = (("", (MY_COLOUR, TO_DO, PORTAL_HAZARDS, SELF_CHECKS, ACTIVITIES)),)

NAVIGATION: dict[str, Groups] = {
    "officer": STATION,
    "chief": STATION,
    "supervisor": SUPERVISION,
    "security_manager": PORTAL,
    "enterprise_staff": PORTAL,
    "department_officer": (("", (DEPARTMENT_INBOX, MY_SUBSCRIPTIONS, KEYS)),),
    "operator": (("", (BUREAUS, PEOPLE, BOARD, KEYS, AUDIT, HEALTH)),),
}
