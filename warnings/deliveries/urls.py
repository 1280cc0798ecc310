"""Addresses of the deliveries: one namespace, a file for each of their faces."""

from deliveries.department.urls import urlpatterns as of_departments
from deliveries.staff.urls import urlpatterns as of_staff

app_name = "deliveries"
urlpatterns = [*of_departments, *of_staff]
