"""Which checklists an enterprise is inspected by."""

from enterprises.choices import KeyUnitClass
from enterprises.models import Enterprise
from inspections.checklists.content import ListKind

SCHOOLS, HEALTH, COAL = "P", "Q84", "B06"  # GB/T 4754: education, health, coal mining


def lists_for(enterprise: Enterprise) -> list[ListKind]:
    """Return the checklists that are proposed: one of key or ordinary units, and what its industry and goods add."""
    industry = enterprise.industry_code
    chosen = [ListKind.KEY if enterprise.key_unit_class else ListKind.ORDINARY]
    if enterprise.dangerous_goods or enterprise.key_unit_class == KeyUnitClass.DANGEROUS:
        chosen.append(ListKind.DANGEROUS)
    if industry.startswith((SCHOOLS, HEALTH)):
        chosen.append(ListKind.CARE)
    if industry.startswith(COAL):
        chosen.append(ListKind.GATHERING)
    return chosen
