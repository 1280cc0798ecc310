"""URLs of the API for ratings, runs and standards."""

from django.urls import path

from ratings.api import views

app_name = "ratings_api"
urlpatterns = [
    path("ratings/", views.Ratings.as_view(), name="ratings"),
    path("ratings/<int:pk>/", views.RatingDetail.as_view(), name="rating"),
    path("ratings/<int:pk>/history/", views.RatingHistory.as_view(), name="history"),
    path("evaluations/", views.Evaluations.as_view(), name="evaluations"),
    path("evaluations/<int:pk>/", views.EvaluationDetail.as_view(), name="evaluation"),
    path("standards/", views.Standards.as_view(), name="standards"),
    path("standards/<int:pk>/", views.StandardDetail.as_view(), name="standard"),
]
