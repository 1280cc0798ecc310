"""URLs of the register's endpoints."""

from django.urls import path

from enterprises.api import views

app_name = "enterprises_api"
urlpatterns = [
    path("enterprises/", views.Enterprises.as_view(), name="enterprises"),
    path("enterprises/<int:pk>/", views.EnterpriseDetail.as_view(), name="enterprise"),
]
