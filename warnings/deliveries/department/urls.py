"""Addresses of the deliveries for a department's people."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
