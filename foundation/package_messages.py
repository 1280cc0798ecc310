"""Messages of Django and other packages that their own catalogues lack in Chinese, or have in bad Chinese.

Listed here, they are collected and translated like ours. ``tests/ground/test_package_messages.py`` names what is missing.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

MESSAGES = (
    # Django: forms and models
    gettext_noop("This field is required."),
    gettext_noop("This field cannot be null."),
    gettext_noop("This field cannot be blank."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    gettext_noop("%(model_name)s with this %(field_label)s already exists."),
    gettext_noop("%(model_name)s with this %(field_labels)s already exists."),
    gettext_noop("%(model)s instance with %(field)s %(value)r is not a valid choice."),
    gettext_noop("Enter a valid value."),
    gettext_noop("Enter a valid date."),
    gettext_noop("Enter a whole number."),
    gettext_noop("Enter a number."),
    gettext_noop("Enter a valid email address."),
    gettext_noop("Ensure this value is less than or equal to %(limit_value)s."),
    gettext_noop("Ensure this value is greater than or equal to %(limit_value)s."),
    gettext_noop("No file was submitted."),
    gettext_noop("The submitted file is empty."),
    gettext_noop(
        "ManagementForm data is missing or has been tampered with. Missing fields: %(field_names)s. You may need to file"
        " a bug report if the issue persists."
    ),
    # Django: times of day
    gettext_noop("a.m."),
    gettext_noop("p.m."),
    gettext_noop("AM"),
    gettext_noop("PM"),
    # Django: passwords
    gettext_noop("Your old password was entered incorrectly. Please enter it again."),
    gettext_noop("Your password can’t be a commonly used password."),
    gettext_noop("This password is too common."),
    gettext_noop("Your password can’t be entirely numeric."),
    gettext_noop("This password is entirely numeric."),
    gettext_noop("Your password can’t be too similar to your other personal information."),
    gettext_noop("The password is too similar to the %(verbose_name)s."),
    # Django: arrays, ranges and other types of PostgreSQL
    gettext_noop("PostgreSQL extensions"),
    gettext_noop("Item %(nth)s in the array did not validate:"),
    gettext_noop("Nested arrays must have the same length."),
    gettext_noop("Map of strings to strings/nulls"),
    gettext_noop("The value of “%(key)s” is not a string or null."),
    gettext_noop("Could not load JSON data."),
    gettext_noop("Input must be a JSON dictionary."),
    gettext_noop("Enter two numbers."),
    gettext_noop("Enter two valid date/times."),
    gettext_noop("Enter two valid dates."),
    gettext_noop("Enter two valid values."),
    gettext_noop("Enter two whole numbers."),
    gettext_noop("The start of the range must not exceed the end of the range."),
    gettext_noop("Ensure that the lower bound of the range is not less than %(limit_value)s."),
    gettext_noop("Ensure that the upper bound of the range is not greater than %(limit_value)s."),
    gettext_noop("Some keys were missing: %(keys)s"),
    gettext_noop("Some unknown keys were provided: %(keys)s"),
    # django-filter
    gettext_noop("contains"),
    gettext_noop("date"),
    gettext_noop("day"),
    gettext_noop("ends with"),
    gettext_noop("exclude"),
    gettext_noop("has any keys"),
    gettext_noop("has key"),
    gettext_noop("has keys"),
    gettext_noop("hour"),
    gettext_noop("is contained by"),
    gettext_noop("is greater than"),
    gettext_noop("is greater than or equal to"),
    gettext_noop("is in"),
    gettext_noop("is in range"),
    gettext_noop("is less than"),
    gettext_noop("is less than or equal to"),
    gettext_noop("is null"),
    gettext_noop("matches regex"),
    gettext_noop("minute"),
    gettext_noop("month"),
    gettext_noop("overlaps"),
    gettext_noop("search"),
    gettext_noop("second"),
    gettext_noop("starts with"),
    gettext_noop("week day"),
    gettext_noop("year"),
    gettext_noop("Range query expects two values."),
    gettext_noop("Select a lookup."),
    gettext_noop("%s (descending)"),
    gettext_noop("Multiple values may be separated by commas."),
    gettext_noop("Yesterday"),
    gettext_noop("Past 7 days"),
    gettext_noop("This month"),
    gettext_noop("This year"),
    gettext_noop("Submit"),
    gettext_noop("Field filters"),
    # REST framework and drf-spectacular
    gettext_noop("A valid biginteger is required."),
    gettext_noop("Integer value too large to convert to float"),
    gettext_noop("No response body"),
    gettext_noop("Unspecified response body"),
    gettext_noop('Token-based authentication with required prefix "%s"'),
    # allauth
    gettext_noop("Passkey"),
)
PLURALS = (
    ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
    ),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
    ngettext_lazy(
        "Ensure that there are no more than %(max)s digit in total.",
        "Ensure that there are no more than %(max)s digits in total.",
    ),
    ngettext_lazy(
        "Ensure that there are no more than %(max)s decimal place.",
        "Ensure that there are no more than %(max)s decimal places.",
    ),
    ngettext_lazy(
        "Ensure that there are no more than %(max)s digit before the decimal point.",
        "Ensure that there are no more than %(max)s digits before the decimal point.",
    ),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
    ),
    ngettext_lazy(
        "List contains %(show_value)d item, it should contain no more than %(limit_value)d.",
        "List contains %(show_value)d items, it should contain no more than %(limit_value)d.",
    ),
    ngettext_lazy(
        "List contains %(show_value)d item, it should contain no fewer than %(limit_value)d.",
        "List contains %(show_value)d items, it should contain no fewer than %(limit_value)d.",
    ),
)
