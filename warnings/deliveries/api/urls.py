"""URLs of the API for messages and subscriptions."""

from django.urls import path

from deliveries.api import answers, colours, testing, views

app_name = "deliveries_api"
urlpatterns = [
    path("colours/", colours.Colours.as_view(), name="colours"),
    path("colours/lookup/", colours.LookUp.as_view(), name="colour_lookup"),
    path("colours/<int:pk>/", colours.ColourHistory.as_view(), name="colour_history"),
    path("events/", views.Events.as_view(), name="events"),
    path("events/<int:subscription>/<int:sequence>/", views.EventDetail.as_view(), name="event"),
    path(
        "events/<int:subscription>/<int:sequence>/acknowledge/",
        views.Acknowledgement.as_view(),
        name="acknowledge",
    ),
    path("events/<int:subscription>/<int:sequence>/feedback/", views.Feedback.as_view(), name="feedback"),
    path("events/<int:subscription>/<int:sequence>/answers/", answers.Answers.as_view(), name="answers"),
    path("subscriptions/", views.Subscriptions.as_view(), name="subscriptions"),
    path("subscriptions/<int:pk>/", views.SubscriptionDetail.as_view(), name="subscription"),
    path("subscriptions/<int:pk>/replay/", views.Replay.as_view(), name="replay"),
    path("subscriptions/<int:pk>/test-event/", testing.TestEvents.as_view(), name="test_event"),
]
