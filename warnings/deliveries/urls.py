"""URLs of the deliveries: one namespace for the department's pages, the guides and the staff's pages."""

from deliveries.department.urls import urlpatterns as of_departments
from deliveries.guide.urls import urlpatterns as of_guides
from deliveries.staff.urls import urlpatterns as of_staff

app_name = "deliveries"
urlpatterns = [*of_departments, *of_guides, *of_staff]
