"""URLs of the register."""

from django.urls import path

from enterprises.staff import noticing, picking, views

app_name = "enterprises"
urlpatterns = [
    path("", views.EnterpriseList.as_view(), name="list"),
    path("new/", views.EnterpriseCreate.as_view(), name="create"),
    path("new/twins/", noticing.Twins.as_view(), name="twins"),
    path("new/address/", noticing.ReadAddress.as_view(), name="read_address"),
    path("pick/industry/", picking.IndustryPicker.as_view(), name="pick_industry"),
    path("pick/area/", picking.AreaPicker.as_view(), name="pick_area"),
    path("pick/street/", picking.StreetPicker.as_view(), name="pick_street"),
    path("pick/enterprise/", picking.EnterprisePicker.as_view(), name="pick_enterprise"),
    path("pick/officer/", picking.OfficerPicker.as_view(), name="pick_officer"),
    path("pick/liaison/", picking.LiaisonPicker.as_view(), name="pick_liaison"),
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
