"""What is plausible in a letterhead and in a service. Refused by their operations; nothing imports them."""

from foundation.contributions.limits import people, person, phone, register, wording
from papers.models import Letterhead, Service

register(
    Letterhead,
    *(wording(name, 2) for name in ("authority", "review_by", "court")),
    wording("abbreviation"),
    phone("telephone"),
)
register(Service, person("received_by"), people("servers"), person("witness"), wording("note"))
