"""URLs of the supervisors' and operators' pages."""

from django.urls import path

from deliveries.staff import board, subscriptions

urlpatterns = [
    path("departments/", subscriptions.Subscriptions.as_view(), name="subscriptions"),
    path("departments/receipts/", subscriptions.Receipts.as_view(), name="receipts"),
    path("departments/new/", subscriptions.SubscriptionCreate.as_view(), name="subscription_create"),
    path("departments/preview/", subscriptions.SubscriptionPreview.as_view(), name="subscription_preview"),
    path("departments/<int:pk>/", subscriptions.SubscriptionRecord.as_view(), name="subscription"),
    path("departments/<int:pk>/edit/", subscriptions.SubscriptionEdit.as_view(), name="subscription_edit"),
    path("departments/<int:pk>/end/", subscriptions.SubscriptionEnd.as_view(), name="subscription_end"),
    path("board/", board.Board.as_view(), name="board"),
    path("board/<int:pk>/", board.Delivery.as_view(), name="delivery"),
    path("board/<int:pk>/address/", board.DeliveryAddress.as_view(), name="delivery_address"),
    path("board/<int:pk>/pause/", board.DeliveryPause.as_view(), name="delivery_pause"),
    path("board/<int:pk>/resume/", board.DeliveryResume.as_view(), name="delivery_resume"),
    path("board/<int:pk>/skip/", board.DeliverySkip.as_view(), name="delivery_skip"),
    path("board/<int:pk>/replay/", board.DeliveryReplay.as_view(), name="delivery_replay"),
]
