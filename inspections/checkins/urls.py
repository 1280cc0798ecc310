"""URLs of QR codes and check-ins. A code is 22 characters, so none is called as another page."""

from django.urls import path

from inspections.checkins import pages, sign_pages

app_name = "checkins"
urlpatterns = [
    path("own/", sign_pages.OwnVisits.as_view(), name="own"),
    path("signs/sheet/", sign_pages.SignSheet.as_view(), name="sign_sheet"),
    path("signs/<int:enterprise_id>/make/", sign_pages.SignMake.as_view(), name="sign_make"),
    path("signs/<int:enterprise_id>/renew/", sign_pages.SignRenew.as_view(), name="sign_renew"),
    path("signs/<int:enterprise_id>/print/", sign_pages.SignPrint.as_view(), name="sign_print"),
    path("visits/<int:id>/", pages.VisitPage.as_view(), name="visit"),
    path("visits/<int:id>/join/", pages.Join.as_view(), name="visit_join"),
    path("visits/<int:id>/out/", pages.CheckOut.as_view(), name="visit_out"),
    path("<slug:code>/", pages.AtDoor.as_view(), name="door"),
]
