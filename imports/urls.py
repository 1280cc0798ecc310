"""URLs of the imports."""

from django.urls import path

from imports.staff import missing, sheets, views

app_name = "imports"
urlpatterns = [
    path("sheets/", sheets.SheetList.as_view(), name="sheets"),
    path("sheets/templates/<slug:kind>/", sheets.SheetTemplate.as_view(), name="template"),
    path("sheets/<int:pk>/", sheets.SheetPage.as_view(), name="sheet"),
    path("sheets/<int:pk>/progress/", sheets.SheetProgress.as_view(), name="sheet_progress"),
    path("sheets/<int:pk>/layout/", sheets.SheetLayout.as_view(), name="sheet_layout"),
    path("sheets/<int:pk>/columns/", sheets.SheetColumns.as_view(), name="sheet_columns"),
    path("sheets/<int:pk>/profile/", sheets.SheetProfile.as_view(), name="sheet_profile"),
    path("sheets/<int:pk>/check/", sheets.SheetCheck.as_view(), name="sheet_check"),
    path("sheets/<int:pk>/mend/", sheets.SheetMend.as_view(), name="sheet_mend"),
    path("sheets/<int:pk>/choose/", sheets.SheetChoose.as_view(), name="sheet_choose"),
    path("sheets/<int:pk>/faults/", sheets.SheetFaults.as_view(), name="sheet_faults"),
    path("sheets/<int:pk>/reply/", sheets.SheetReply.as_view(), name="sheet_reply"),
    path("sheets/<int:pk>/mended/", sheets.SheetMended.as_view(), name="sheet_mended"),
    path("sheets/<int:pk>/missing/", missing.SheetMissing.as_view(), name="sheet_missing"),
    path("sheets/<int:pk>/write/", sheets.SheetWrite.as_view(), name="sheet_write"),
    path("sheets/<int:pk>/undo/", sheets.SheetUndo.as_view(), name="sheet_undo"),
    path("sheets/<int:pk>/delete/", sheets.SheetDelete.as_view(), name="sheet_delete"),
    path("", views.ImportList.as_view(), name="list"),
    path("<int:import_id>/", views.ImportReport.as_view(), name="report"),
    path("<int:import_id>/undo/", views.ImportUndo.as_view(), name="undo"),
]
