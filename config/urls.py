from django.urls import include, path, re_path
from django.views.generic import RedirectView

from config import health, metrics
from core.api.views import NoSuchAddress
from panel.sites import site

urlpatterns = [
    path("", RedirectView.as_view(url="/admin/", permanent=False)),
    path("admin/", site.urls),
    path("api/v1/", include("config.api_urls")),
    re_path("^api/", NoSuchAddress.as_view()),
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("metrics", metrics.metrics, name="metrics"),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"
