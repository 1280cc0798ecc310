"""Who may see and write inspections, hazards and self-checks."""

from foundation.accounts.access import ENTERPRISE_ROLES, POLICE_ROLES, STATION_ROLES, register

register(
    {
        "inspections:see": POLICE_ROLES,
        "inspections:record": STATION_ROLES,
        "inspections:correct": STATION_ROLES,
        "hazards:see": POLICE_ROLES | ENTERPRISE_ROLES,
        "hazards:record": STATION_ROLES | ENTERPRISE_ROLES,  # an enterprise reports what it found itself
        "hazards:correct": STATION_ROLES,
        "hazards:rectify": STATION_ROLES | ENTERPRISE_ROLES,
        "hazards:close": STATION_ROLES,
        "hazards:send_back": STATION_ROLES,
        "hazards:extend": STATION_ROLES,
        "hazards:grade": STATION_ROLES,
        "hazards:refuse": STATION_ROLES,
        "self_checks:see": POLICE_ROLES | ENTERPRISE_ROLES,
        "self_checks:record": STATION_ROLES | ENTERPRISE_ROLES,
        "self_checks:correct": STATION_ROLES,
    }
)
