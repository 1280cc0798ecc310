"""URLs of the supervisors' and operators' pages."""

from django.urls import path

from deliveries.staff import views

urlpatterns = [
    path("departments/", views.Subscriptions.as_view(), name="subscriptions"),
    path("departments/receipts/", views.Receipts.as_view(), name="receipts"),
    path("departments/new/", views.SubscriptionCreate.as_view(), name="subscription_create"),
    path("departments/preview/", views.SubscriptionPreview.as_view(), name="subscription_preview"),
    path("departments/<int:pk>/", views.SubscriptionRecord.as_view(), name="subscription"),
    path("departments/<int:pk>/edit/", views.SubscriptionEdit.as_view(), name="subscription_edit"),
    path("departments/<int:pk>/end/", views.SubscriptionEnd.as_view(), name="subscription_end"),
    path("board/", views.Board.as_view(), name="board"),
    path("board/<int:pk>/", views.Delivery.as_view(), name="delivery"),
    path("board/<int:pk>/address/", views.DeliveryAddress.as_view(), name="delivery_address"),
    path("board/<int:pk>/pause/", views.DeliveryPause.as_view(), name="delivery_pause"),
    path("board/<int:pk>/resume/", views.DeliveryResume.as_view(), name="delivery_resume"),
    path("board/<int:pk>/skip/", views.DeliverySkip.as_view(), name="delivery_skip"),
    path("board/<int:pk>/replay/", views.DeliveryReplay.as_view(), name="delivery_replay"),
]
