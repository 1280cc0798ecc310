"""The sections of GB/T 4754-2017."""

from django.utils.translation import gettext_lazy as _

SECTIONS = {
    "A": _("Agriculture, forestry, animal husbandry, fishery"),
    "B": _("Mining"),
    "C": _("Manufacturing"),
    "D": _("Electricity, heat, gas and water"),
    "E": _("Construction"),
    "F": _("Wholesale and retail"),
    "G": _("Transport, storage and post"),
    "H": _("Hotels and catering"),
    "I": _("Information, software and IT services"),
    "J": _("Finance"),
    "K": _("Real estate"),
    "L": _("Leasing and business services"),
    "M": _("Research and technical services"),
    "N": _("Water conservancy, environment and public facilities"),
    "O": _("Resident services, repair and other services"),
    "P": _("Education"),
    "Q": _("Health and social work"),
    "R": _("Culture, sports and entertainment"),
    "S": _("Public administration and social organisations"),
    "T": _("International organisations"),
}


def section_name(industry_code: str) -> str:
    """Return the section an industry code belongs to; empty without a code."""
    return str(SECTIONS.get(industry_code[:1], ""))
