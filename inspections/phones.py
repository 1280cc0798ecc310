"""What a phone calls to inspect without network."""

from foundation.contributions.phones import Endpoint, register

register(
    Endpoint("package", "inspections:field_package"),
    Endpoint("search", "inspections:field_search"),
    Endpoint("inspection", "inspections:field_inspection"),
    Endpoint("photo", "inspections:field_photo"),
)
