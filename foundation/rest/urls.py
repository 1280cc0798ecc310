"""URLs below /api/v1/ that belong to no app. Included last, because the last one matches everything."""

from django.urls import path, re_path

from foundation.rest.pages import DocsView, Index, Key, SchemaView, Unknown

app_name = "rest"

urlpatterns = [
    path("", Index.as_view(), name="index"),
    path("key/", Key.as_view(), name="key"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(), name="docs"),
    re_path(r"", Unknown.as_view(), name="unknown"),
]
