"""URLs of draws. The forms that freeze a pool are in the apps whose records are drawn."""

from django.urls import path

from foundation.lots.views import shown

app_name = "lots"

urlpatterns = [
    path("", shown.Draws.as_view(), name="draws"),
    path("<int:id>/", shown.DrawPage.as_view(), name="draw"),
    path("<int:id>/sheet/", shown.DrawSheet.as_view(), name="sheet"),
    path("<int:id>/draw/", shown.DrawNow.as_view(), name="draw_now"),
    path("<int:id>/decide/", shown.DrawDecide.as_view(), name="decide"),
]
