"""Addresses of the deliveries for partner departments."""

from django.urls import path

from deliveries.department import subscriptions, views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/<int:subscription_id>/<int:sequence>/", views.message, name="message"),
    path("inbox/<int:subscription_id>/<int:sequence>/raw/", views.message_raw, name="message_raw"),
    path("inbox/<int:subscription_id>/<int:sequence>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("inbox/<int:subscription_id>/<int:sequence>/feedback/", views.feedback, name="feedback"),
    path("mine/", subscriptions.my_subscriptions, name="my_subscriptions"),
    path("mine/<int:subscription_id>/", subscriptions.my_subscription, name="my_subscription"),
    path("mine/<int:subscription_id>/tune/", subscriptions.tune, name="tune"),
    path("mine/<int:subscription_id>/replay/", subscriptions.replay, name="replay"),
    path("mine/<int:subscription_id>/secret/", subscriptions.rotate_secret, name="rotate_secret"),
]
