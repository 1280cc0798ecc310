"""Addresses of the pages of supervisors and operators."""

from django.urls import path

from deliveries.staff import operating, subscribing, supervising

urlpatterns = [
    path("departments/", supervising.subscriptions, name="subscriptions"),
    path("departments/receipts/", supervising.receipts, name="receipts"),
    path("departments/new/", subscribing.subscription_create, name="subscription_create"),
    path("departments/preview/", subscribing.subscription_preview, name="subscription_preview"),
    path("departments/<int:pk>/", supervising.subscription, name="subscription"),
    path("departments/<int:pk>/edit/", subscribing.subscription_edit, name="subscription_edit"),
    path("departments/<int:pk>/end/", subscribing.subscription_end, name="subscription_end"),
    path("board/", operating.board, name="board"),
    path("board/<int:pk>/", operating.delivery, name="delivery"),
    path("board/<int:pk>/address/", operating.delivery_address, name="delivery_address"),
    path("board/<int:pk>/pause/", operating.delivery_pause, name="delivery_pause"),
    path("board/<int:pk>/resume/", operating.delivery_resume, name="delivery_resume"),
    path("board/<int:pk>/skip/", operating.delivery_skip, name="delivery_skip"),
    path("board/<int:pk>/replay/", operating.delivery_replay, name="delivery_replay"),
]
