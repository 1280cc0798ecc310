"""Signed links of disputes: the survey of a follow-up."""

from django.utils.translation import gettext_lazy as _

from disputes.after.planning import SURVEY
from disputes.after.surveys import SurveyForm, lock_survey, spoken, take_survey
from foundation.contributions.links import Purpose, register

register(
    Purpose(
        SURVEY,
        _("A short question about the settlement"),
        SurveyForm,
        take_survey,
        lock=lock_survey,
        spoken=spoken,
        thanks=_("The police station reads it and calls you if something is to be done."),
    )
)
