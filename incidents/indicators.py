"""What police incidents contribute to a rating.

An incident counts once the police verified it: with weight 1 in the quarter of its verification (``…_now``), with
half of that in each of the three following quarters (``…_before``).
"""

from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.contributions.measures import DAY, Indicator, Ordinal, Source, register
from foundation.periods import Period
from incidents.choices import IncidentKind as Kind
from incidents.models import Incident

COUNTED = {
    "criminal_cases": Q(kind=Kind.CRIMINAL_CASE, at_fault=True, duty_fulfilled=False, serious=False),
    "serious_cases": Q(kind=Kind.CRIMINAL_CASE, at_fault=True, duty_fulfilled=False, serious=True),
    "public_security_cases": Q(kind=Kind.PUBLIC_SECURITY_CASE, at_fault=True),
    "staff_offences": Q(kind=Kind.STAFF_OFFENCE),
}
GRAVE = Q(kind__in=[Kind.DEATH, Kind.DANGEROUS_GOODS_LOST]) & (Q(at_fault=None) | Q(at_fault=True))  # V1
MAJOR = COUNTED["serious_cases"]  # V2
EMERGENCY = Q(kind=Kind.GROUP_EMERGENCY, at_fault=True)  # V3


def _incidents(period: Period) -> QuerySet:
    start, end = period.start, period.end
    verified = Q(verified_on__lte=end)
    now, before = (
        Q(verified_on__range=(start, end)),
        Q(verified_on__gte=period.year_start, verified_on__lt=start),
    )
    # a call counts once verified, like all of C, but not in later quarters: C3 compares it with earlier calls
    calls = Q(kind=Kind.POLICE_CALL)
    counts = {}
    for code, which in COUNTED.items():
        counts[f"{code}_now"] = Count("id", filter=which & now)
        counts[f"{code}_before"] = Count("id", filter=which & before)
    return (
        Incident.objects.filter(voided_at=None, occurred_on__lte=end)
        .order_by()
        .values("enterprise_id")
        .annotate(
            incidents=Count("id", filter=Q(occurred_on__gte=start)),
            police_calls=Count("id", filter=calls & now),
            police_calls_before=Count(
                "id", filter=calls & Q(verified_on__gte=period.shift(-4).start, verified_on__lt=start)
            ),
            last_grave_on=Ordinal(Max("verified_on", filter=verified & GRAVE)),
            last_major_case_on=Ordinal(Max("verified_on", filter=verified & MAJOR)),
            last_emergency_on=Ordinal(Max("verified_on", filter=verified & EMERGENCY)),
            **counts,
        )
    )


register(
    Source(
        code="incidents",
        model=Incident,
        day="occurred_on",
        tab="incidents",
        indicators=(
            Indicator("incidents", _("Incidents in the quarter"), _("incidents"), "C"),
            Indicator("police_calls", _("Police calls in the quarter"), _("calls"), "C"),
            Indicator("police_calls_before", _("Police calls in the four quarters before"), _("calls"), "C"),
            Indicator("criminal_cases_now", _("Criminal cases, duty not fulfilled"), _("cases"), "C"),
            Indicator(
                "criminal_cases_before", _("Criminal cases in the three quarters before"), _("cases"), "C"
            ),
            Indicator("serious_cases_now", _("Serious criminal cases, duty not fulfilled"), _("cases"), "C"),
            Indicator(
                "serious_cases_before", _("Serious cases in the three quarters before"), _("cases"), "C"
            ),
            Indicator("public_security_cases_now", _("Public-security cases"), _("cases"), "C"),
            Indicator(
                "public_security_cases_before",
                _("Public-security cases in the three quarters before"),
                _("cases"),
                "C",
            ),
            Indicator("staff_offences_now", _("Offences of staff"), _("offences"), "C"),
            Indicator(
                "staff_offences_before",
                _("Offences of staff in the three quarters before"),
                _("offences"),
                "C",
            ),
            Indicator(
                "last_grave_on",
                _("Last death or loss of dangerous goods"),
                DAY,
                "",
                beside=_("Death or loss of dangerous goods, last verified on"),
            ),
            Indicator(
                "last_major_case_on",
                _("Last major criminal case, duty not fulfilled"),
                DAY,
                "",
                beside=_("Major criminal case, duty not fulfilled, last verified on"),
            ),
            Indicator(
                "last_emergency_on",
                _("Last group emergency caused by the enterprise"),
                DAY,
                "",
                beside=_("Group emergency caused by the enterprise, last verified on"),
            ),
        ),
        query=_incidents,
    )
)
