"""Addresses of the deliveries for the bureau's supervisor and the platform's operator."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
