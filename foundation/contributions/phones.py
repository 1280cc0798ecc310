"""What a phone calls from the page that works without network, declared in an app's ``phones.py``."""

from dataclasses import dataclass

from foundation.contributions.registry import Registry


@dataclass(frozen=True)
class Endpoint:
    """An address that the scripts of the page call by ``code``. ``url``: the name of its view."""

    code: str
    url: str


endpoints: Registry[Endpoint] = Registry("phones")
register = endpoints.register
