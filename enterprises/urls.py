"""The addresses of the register and of activities."""

from enterprises.staff import activity_urls, urls

app_name = "enterprises"
urlpatterns = [*urls.urlpatterns, *activity_urls.urlpatterns]
