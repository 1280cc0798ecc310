"""URLs of the register."""

from django.urls import path

from enterprises.staff import views

app_name = "enterprises"
urlpatterns = [
    path("", views.EnterpriseList.as_view(), name="list"),
    path("new/", views.EnterpriseCreate.as_view(), name="create"),
    path("assign/", views.AssignLiaison.as_view(), name="assign_liaison"),
    path("<int:enterprise_id>/edit/", views.EnterpriseEdit.as_view(), name="edit"),
    path("<int:enterprise_id>/hand-over/", views.EnterpriseHandOver.as_view(), name="hand_over"),
    path("<int:enterprise_id>/inactivity/", views.EnterpriseInactivity.as_view(), name="inactivity"),
    path(
        "<int:enterprise_id>/inactivity/mistake/",
        views.EnterpriseVoidInactivity.as_view(),
        name="void_inactivity",
    ),
    path("<int:enterprise_id>/liaison/", views.EnterpriseLiaison.as_view(), name="liaison"),
]
