"""URLs of papers."""

from django.urls import path

from papers.staff import paper_pages, register, serving_pages, stationery_pages

app_name = "papers"

urlpatterns = [
    path("", register.Register.as_view(), name="register"),
    path("letterhead/", stationery_pages.LetterheadEdit.as_view(), name="letterhead"),
    path("templates/", stationery_pages.Templates.as_view(), name="templates"),
    path("templates/<slug:code>/file/", stationery_pages.TemplateFile.as_view(), name="template_file"),
    path(
        "templates/<slug:code>/example/",
        stationery_pages.TemplateFile.as_view(example=True),
        name="template_example",
    ),
    path(
        "templates/<slug:code>/publish/", stationery_pages.TemplatePublish.as_view(), name="template_publish"
    ),
    path("<int:id>/", paper_pages.PaperPage.as_view(), name="paper"),
    path("<int:id>/word/", paper_pages.PaperFile.as_view(), name="word"),
    path("<int:id>/pdf/", paper_pages.PaperFile.as_view(kind="pdf"), name="pdf"),
    path("<int:id>/proof/", paper_pages.PaperProof.as_view(), name="proof"),
    path("<int:id>/proof/pdf/", paper_pages.PaperProof.as_view(kind="pdf"), name="proof_pdf"),
    path("<int:id>/signed/", serving_pages.PaperSign.as_view(), name="sign"),
    path("<int:id>/signed/<int:copy>/", serving_pages.PaperCopy.as_view(), name="copy"),
    path("<int:id>/serve/", serving_pages.PaperServe.as_view(), name="serve"),
    path("<int:id>/deadlines/", serving_pages.PaperMoves.as_view(), name="moves"),
    path("<int:id>/void/", paper_pages.PaperVoid.as_view(), name="void"),
    path("<int:id>/receive/", serving_pages.PaperReceive.as_view(), name="receive"),
]
