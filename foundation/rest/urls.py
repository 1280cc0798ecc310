"""Addresses below /api/v1/ that belong to no app; included last, because it ends with "there is nothing here"."""

from django.urls import path, re_path

from foundation.rest.pages import DocsView, SchemaView, Unknown

app_name = "rest"

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
    re_path(r"", Unknown.as_view(), name="unknown"),
]
