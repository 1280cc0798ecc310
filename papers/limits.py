"""What is plausible in a letterhead. Refused by its operation; nothing imports letterheads."""

from foundation.contributions.limits import phone, register
from papers.models import Letterhead

register(Letterhead, phone("telephone"))
