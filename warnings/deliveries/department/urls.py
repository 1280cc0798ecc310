"""URLs of the department's pages."""

from django.urls import path

from deliveries.department import testing, tuning, views

MESSAGE = "inbox/<int:subscription_id>/<int:sequence>/"
SUBSCRIPTION = "mine/<int:subscription_id>/"

urlpatterns = [
    path("inbox/", views.Inbox.as_view(), name="inbox"),
    path(MESSAGE, views.Message.as_view(), name="message"),
    path(MESSAGE + "raw/", views.RawMessage.as_view(), name="message_raw"),
    path(MESSAGE + "acknowledge/", views.Acknowledge.as_view(), name="acknowledge"),
    path(MESSAGE + "feedback/", views.Feedback.as_view(), name="feedback"),
    path("mine/", views.MySubscriptions.as_view(), name="my_subscriptions"),
    path(SUBSCRIPTION, views.MySubscription.as_view(), name="my_subscription"),
    path(SUBSCRIPTION + "tune/", views.Tune.as_view(), name="tune"),
    path(SUBSCRIPTION + "tune/preview/", tuning.TunePreview.as_view(), name="tune_preview"),
    path(SUBSCRIPTION + "replay/", views.Replay.as_view(), name="replay"),
    path(SUBSCRIPTION + "address/", views.ConfirmAddress.as_view(), name="confirm_address"),
    path(SUBSCRIPTION + "test/", testing.SendTest.as_view(), name="send_test"),
    path(SUBSCRIPTION + "test/<int:test_id>/", testing.ShownTest.as_view(), name="test_event"),
    path(SUBSCRIPTION + "secret/", views.RotateSecret.as_view(), name="rotate_secret"),
]
