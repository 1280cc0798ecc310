"""The address of every signed link."""

from django.urls import path

from foundation.links.views import LinkPage

app_name = "links"

urlpatterns = [path("<str:token>/", LinkPage.as_view(), name="link")]
