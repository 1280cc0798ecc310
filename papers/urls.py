"""URLs of papers."""

from django.urls import path

from papers.staff import register, views

app_name = "papers"

urlpatterns = [
    path("", register.Register.as_view(), name="register"),
    path("letterhead/", views.LetterheadEdit.as_view(), name="letterhead"),
    path("templates/", views.Templates.as_view(), name="templates"),
    path("templates/<slug:code>/file/", views.TemplateFile.as_view(), name="template_file"),
    path("templates/<slug:code>/example/", views.TemplateFile.as_view(example=True), name="template_example"),
    path("templates/<slug:code>/publish/", views.TemplatePublish.as_view(), name="template_publish"),
    path("<int:id>/", views.PaperPage.as_view(), name="paper"),
    path("<int:id>/word/", views.PaperFile.as_view(), name="word"),
    path("<int:id>/pdf/", views.PaperFile.as_view(kind="pdf"), name="pdf"),
    path("<int:id>/proof/", views.PaperProof.as_view(), name="proof"),
    path("<int:id>/proof/pdf/", views.PaperProof.as_view(kind="pdf"), name="proof_pdf"),
    path("<int:id>/signed/", views.PaperSign.as_view(), name="sign"),
    path("<int:id>/signed/<int:copy>/", views.PaperCopy.as_view(), name="copy"),
    path("<int:id>/serve/", views.PaperServe.as_view(), name="serve"),
    path("<int:id>/deadlines/", views.PaperMoves.as_view(), name="moves"),
    path("<int:id>/void/", views.PaperVoid.as_view(), name="void"),
    path("<int:id>/receive/", views.PaperReceive.as_view(), name="receive"),
]
