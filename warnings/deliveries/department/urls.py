"""URLs of the department's pages."""

from django.urls import path

from deliveries.department import log, views

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
    path(SUBSCRIPTION + "replay/", views.Replay.as_view(), name="replay"),
    path(SUBSCRIPTION + "address/", views.ConfirmAddress.as_view(), name="confirm_address"),
    path(SUBSCRIPTION + "secret/", views.RotateSecret.as_view(), name="rotate_secret"),
    path("log/", log.Logs.as_view(), name="push_logs"),
    path(SUBSCRIPTION + "log/", log.PushLog.as_view(), name="push_log"),
    path(SUBSCRIPTION + "log/retry/", log.RetryNow.as_view(), name="push_retry"),
    path(SUBSCRIPTION + "log/resume/", log.ResumePush.as_view(), name="push_resume"),
    path(SUBSCRIPTION + "log/skip/", log.SkipMessage.as_view(), name="push_skip"),
    path(SUBSCRIPTION + "log/replay/<int:sequence>/", log.ReplayOne.as_view(), name="push_replay"),
    path(SUBSCRIPTION + "log/old-secret/", log.EndOldSecret.as_view(), name="push_old_secret"),
]
