"""Tables of people and bureaus."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts.models import Bureau, RoleGrant, User
from foundation.ui.tables import NUM, Table, badge

SHOWN_ROLES = 3


def user_url(record: User) -> str:
    """Return the URL of a person."""
    return reverse("accounts:user", args=[record.pk])


def bureau_url(record: Bureau) -> str:
    """Return the URL of a bureau."""
    return reverse("accounts:bureau", args=[record.pk])


class UserTable(Table):
    """People with their roles in the actor's organisation."""

    full_name = tables.Column(
        gettext_lazy("Name"),
        linkify=user_url,
        order_by=("sort_key", "full_name"),
        attrs={"td": {"class": "cell-title"}},
    )
    username = tables.Column(gettext_lazy("User name"))
    police_number = tables.Column(
        gettext_lazy("Police number"), orderable=False, default="", attrs={"td": {"class": "quiet"}}
    )
    seen_roles = tables.Column(gettext_lazy("Roles"), orderable=False)
    phone = tables.Column(gettext_lazy("Phone"), orderable=False, default="")
    last_login = tables.DateTimeColumn(
        verbose_name=gettext_lazy("Last login"), format="Y-m-d H:i", default="–", attrs=NUM
    )
    is_active = tables.Column(gettext_lazy("State"))

    class Meta:
        model = User
        fields: tuple[str, ...] = ()
        order_by = "full_name"
        row_attrs = {"data-href": user_url}

    def render_seen_roles(self, value: list[RoleGrant]) -> SafeString | str:
        rows = [(grant.get_role_display(), grant.organisation) for grant in value[:SHOWN_ROLES]]
        more = len(value) - len(rows)
        listed = format_html_join("", '<div>{} <span class="quiet">{}</span></div>', rows)
        return listed + format_html('<div class="quiet">+{}</div>', more) if more > 0 else listed or "–"

    def render_is_active(self, value: bool, record: User) -> SafeString:
        if not value:
            return badge("red", _("Disabled"))
        return (
            badge("yellow", _("Never logged in"))
            if record.last_login is None
            else badge("green", _("Active"))
        )


class BureauTable(Table):
    """Bureaus with the numbers of their stations and departments."""

    name = tables.Column(linkify=bureau_url, attrs={"td": {"class": "cell-title"}})
    code = tables.Column()
    station_count = tables.Column(gettext_lazy("Police stations"), attrs=NUM)
    department_count = tables.Column(gettext_lazy("Departments"), attrs=NUM)
    rates_from = tables.Column(default="–")
    cut_off_days = tables.Column(attrs=NUM)

    class Meta:
        model = Bureau
        fields: tuple[str, ...] = ()
        order_by = "code"
        row_attrs = {"data-href": bureau_url}
