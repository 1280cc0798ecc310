"""Addresses of the imports."""

from imports.staff.urls import urlpatterns

app_name = "imports"
__all__ = ["app_name", "urlpatterns"]
