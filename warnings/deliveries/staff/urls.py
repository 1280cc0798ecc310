"""URLs of the supervisors' and operators' pages."""

from django.urls import path

from deliveries.staff import answers, board, subscriptions, wishes

urlpatterns = [
    path("departments/", subscriptions.Subscriptions.as_view(), name="subscriptions"),
    path("departments/answers/", answers.Answers.as_view(), name="answers"),
    path("departments/receipts/", subscriptions.Receipts.as_view(), name="receipts"),
    path("departments/new/", subscriptions.SubscriptionCreate.as_view(), name="subscription_create"),
    path("departments/preview/", subscriptions.SubscriptionPreview.as_view(), name="subscription_preview"),
    path("departments/<int:pk>/", subscriptions.SubscriptionRecord.as_view(), name="subscription"),
    path("departments/<int:pk>/edit/", subscriptions.SubscriptionEdit.as_view(), name="subscription_edit"),
    path("departments/<int:pk>/end/", subscriptions.SubscriptionEnd.as_view(), name="subscription_end"),
    path("asked/", wishes.ToDecide.as_view(), name="wishes_to_decide"),
    path("asked/<int:pk>/", wishes.WishToDecide.as_view(), name="wish_decide"),
    path("asked/<int:pk>/approve/", wishes.Approve.as_view(), name="wish_approve"),
    path("asked/<int:pk>/decline/", wishes.Decline.as_view(), name="wish_decline"),
    path("board/", board.Board.as_view(), name="board"),
    path("board/<int:pk>/", board.Delivery.as_view(), name="delivery"),
    path("board/<int:pk>/address/", board.DeliveryAddress.as_view(), name="delivery_address"),
    path("board/<int:pk>/pause/", board.DeliveryPause.as_view(), name="delivery_pause"),
    path("board/<int:pk>/resume/", board.DeliveryResume.as_view(), name="delivery_resume"),
    path("board/<int:pk>/skip/", board.DeliverySkip.as_view(), name="delivery_skip"),
    path("board/<int:pk>/replay/", board.DeliveryReplay.as_view(), name="delivery_replay"),
]
