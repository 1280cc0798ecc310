"""Words of errors where REST framework's own name types of Python, which mean nothing to who sends JSON."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import relations, serializers

_OBJECT = _("Send a JSON object here, in braces.")
_LIST = _("Send a list here, in square brackets.")
_TEXT = _("Send a text here, in quotation marks.")
_REFERENCE = _("Send the id of an object here.")
_WORDS: dict[type[Any], dict[str, Any]] = {
    serializers.Serializer: {"invalid": _OBJECT},
    serializers.ListSerializer: {"not_a_list": _LIST},
    serializers.ListField: {"not_a_list": _LIST},
    serializers.MultipleChoiceField: {"not_a_list": _LIST},
    relations.ManyRelatedField: {"not_a_list": _LIST},
    serializers.DictField: {"not_a_dict": _OBJECT, "empty": _("This object may not be empty.")},
    serializers.CharField: {"invalid": _TEXT},
    serializers.BooleanField: {"invalid": _("Send true or false here.")},
    serializers.IntegerField: {"invalid": _("Send a whole number here.")},
    relations.PrimaryKeyRelatedField: {"incorrect_type": _REFERENCE},
}


def use_plain_words() -> None:
    """Give REST framework's fields these words; a field that has words of its own keeps them."""
    for kind, words in _WORDS.items():
        kind.default_error_messages = {**kind.default_error_messages, **words}
