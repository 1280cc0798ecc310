"""Addresses of the register."""

from django.urls import path

from enterprises.staff import views

app_name = "enterprises"
urlpatterns = [
    path("", views.enterprise_list, name="list"),
    path("new/", views.enterprise_create, name="create"),
    path("assign/", views.assign_liaison, name="assign_liaison"),
    path("<int:enterprise_id>/edit/", views.enterprise_edit, name="edit"),
    path("<int:enterprise_id>/hand-over/", views.enterprise_hand_over, name="hand_over"),
    path("<int:enterprise_id>/inactivity/", views.enterprise_inactivity, name="inactivity"),
    path("<int:enterprise_id>/liaison/", views.enterprise_liaison, name="liaison"),
]
