"""Names of the register's choices in the API's description."""

from enterprises.choices import Colour
from foundation.contributions.descriptions import name_values

name_values(Colour=Colour.values)
