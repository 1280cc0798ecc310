"""URLs of the guides."""

from django.urls import path

from deliveries.guide import pages

urlpatterns = [
    path("guide/", pages.Guide.as_view(), name="guide"),
    path("guide/<slug:code>/", pages.Guide.as_view(), name="guide"),
    path("guide/files/<str:file>", pages.GuideFile.as_view(), name="guide_file"),
]
