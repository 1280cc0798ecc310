"""URLs of the department's pages."""

from django.urls import path

from deliveries.department import colours, log, message, testing, tuning, views, wishes

MESSAGE = "inbox/<int:subscription_id>/<int:sequence>/"
SUBSCRIPTION = "mine/<int:subscription_id>/"

urlpatterns = [
    path("inbox/", views.Inbox.as_view(), name="inbox"),
    path(MESSAGE, message.Message.as_view(), name="message"),
    path(MESSAGE + "raw/", views.RawMessage.as_view(), name="message_raw"),
    path(MESSAGE + "acknowledge/", views.Acknowledge.as_view(), name="acknowledge"),
    path(MESSAGE + "feedback/", message.AnswerWhole.as_view(), name="feedback"),
    path(
        MESSAGE + "feedback/<int:enterprise>/", message.AnswerEnterprise.as_view(), name="feedback_enterprise"
    ),
    path("colours/", colours.Colours.as_view(), name="colours"),
    path("colours/codes/", colours.ColourCodes.as_view(), name="colour_codes"),
    path("colours/<int:enterprise>/", colours.Colour.as_view(), name="colour"),
    path("requests/", wishes.Wishes.as_view(), name="wishes"),
    path("requests/key/", wishes.AskForKey.as_view(), name="wish_key"),
    path("requests/address/", wishes.AskForAddress.as_view(), name="wish_address"),
    path("requests/<int:pk>/", wishes.WishRecord.as_view(), name="wish"),
    path("requests/<int:pk>/withdraw/", wishes.Withdraw.as_view(), name="wish_withdraw"),
    path("requests/<int:pk>/create/", wishes.CollectKey.as_view(), name="wish_collect"),
    path("mine/", views.MySubscriptions.as_view(), name="my_subscriptions"),
    path(SUBSCRIPTION, views.MySubscription.as_view(), name="my_subscription"),
    path(SUBSCRIPTION + "tune/", views.Tune.as_view(), name="tune"),
    path(SUBSCRIPTION + "tune/preview/", tuning.TunePreview.as_view(), name="tune_preview"),
    path(SUBSCRIPTION + "replay/", views.Replay.as_view(), name="replay"),
    path(SUBSCRIPTION + "address/", views.ConfirmAddress.as_view(), name="confirm_address"),
    path(SUBSCRIPTION + "test/", testing.SendTest.as_view(), name="send_test"),
    path(SUBSCRIPTION + "test/<int:test_id>/", testing.ShownTest.as_view(), name="test_event"),
    path(SUBSCRIPTION + "secret/", views.RotateSecret.as_view(), name="rotate_secret"),
    path("log/", log.Logs.as_view(), name="push_logs"),
    path(SUBSCRIPTION + "log/", log.PushLog.as_view(), name="push_log"),
    path(SUBSCRIPTION + "log/retry/", log.RetryNow.as_view(), name="push_retry"),
    path(SUBSCRIPTION + "log/resume/", log.ResumePush.as_view(), name="push_resume"),
    path(SUBSCRIPTION + "log/skip/", log.SkipMessage.as_view(), name="push_skip"),
    path(SUBSCRIPTION + "log/replay/<int:sequence>/", log.ReplayOne.as_view(), name="push_replay"),
    path(SUBSCRIPTION + "log/old-secret/", log.EndOldSecret.as_view(), name="push_old_secret"),
]
