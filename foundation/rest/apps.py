"""App configuration of the API."""

from django.apps import AppConfig


class RestConfig(AppConfig):
    """Registers the check of the API's index, and the entries of the index that belong to no app; sets the words of errors."""

    name = "foundation.rest"
    label = "rest"

    def ready(self) -> None:
        from foundation.contributions.endpoints import Endpoint, register
        from foundation.rest import checks  # noqa: F401  (it registers itself)
        from foundation.rest.wording import use_plain_words

        use_plain_words()
        register(
            Endpoint("key", "rest:key", 10),
            Endpoint("schema", "rest:schema", 900),
            Endpoint("docs", "rest:docs", 910),
        )
