"""The addresses of the register and of activities."""

import importlib.util

from enterprises.staff import urls as register_urls

app_name = "enterprises"
urlpatterns = [*register_urls.urlpatterns]

if importlib.util.find_spec("enterprises.staff.activity_urls"):
    from enterprises.staff import activity_urls

    urlpatterns += activity_urls.urlpatterns
