"""Navigation entries of deliveries, for bureau, department and operator."""

from django.utils.translation import gettext_lazy as _

from deliveries.department.log_reading import troubled
from deliveries.department.selectors import waiting_count
from deliveries.staff.selectors import alarm_count
from foundation.contributions.navigation import Entry, Menu, Place, Section, register

register(
    Entry(
        _("Departments"),
        "building-community",
        "deliveries:subscriptions",
        (Place(Menu.POLICE, Section.RATING, 30),),
        active=("deliveries:subscription", "deliveries:receipts", "deliveries:answers"),
        key="p",
    ),
    Entry(
        _("Inbox"),
        "inbox",
        "deliveries:inbox",
        (Place(Menu.DEPARTMENT, Section.FIRST, 10),),
        active=("deliveries:inbox", "deliveries:message", "deliveries:feedback"),
        key="t",
        badge=waiting_count,
    ),
    Entry(
        _("Colours"),
        "traffic-lights",
        "deliveries:colours",
        (Place(Menu.DEPARTMENT, Section.FIRST, 15),),
        active=("deliveries:colours", "deliveries:colour_codes", "deliveries:colour"),
        key="c",
    ),
    Entry(
        _("Subscriptions"),
        "rss",
        "deliveries:my_subscriptions",
        (Place(Menu.DEPARTMENT, Section.FIRST, 20),),
        active=(
            "deliveries:my_subscription",
            "deliveries:tune",
            "deliveries:replay",
            "deliveries:rotate",
            "deliveries:test_event",
        ),
        key="s",
    ),
    Entry(
        _("Push log"),
        "list-details",
        "deliveries:push_logs",
        (Place(Menu.DEPARTMENT, Section.FIRST, 25),),
        active=("deliveries:push_",),
        badge=troubled,
    ),
    Entry(
        _("Requests"),
        "clipboard-text",
        "deliveries:wishes",
        (Place(Menu.DEPARTMENT, Section.FIRST, 40),),
        active=("deliveries:wishes", "deliveries:wish", "deliveries:wish_key", "deliveries:wish_address"),
    ),
    Entry(
        _("Requests"),
        "clipboard-text",
        "deliveries:wishes_to_decide",
        (Place(Menu.POLICE, Section.RATING, 35), Place(Menu.OPERATOR, Section.FIRST, 35)),
        active=("deliveries:wishes_to_decide", "deliveries:wish_decide"),
    ),
    Entry(
        _("Deliveries"),
        "send",
        "deliveries:board",
        (Place(Menu.OPERATOR, Section.FIRST, 30),),
        active=("deliveries:board", "deliveries:delivery"),
        badge=alarm_count,
    ),
)
