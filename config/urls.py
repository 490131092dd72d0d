"""Every address of the product."""

from __future__ import annotations

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.utils.functional import lazy
from django.views.generic import RedirectView

from accounts.views.home import home
from config.health import livez, readyz
from config.media import media
from config.metrics import metrics
from config.styleguide import styleguide

# At the first request: the names of static files are known once they are collected.
ICON = lazy(static, str)("icons/tenfold-32.png")

admin.autodiscover()  # only who serves pages needs those of the staff (config/apps.py)

urlpatterns = [
    path("", home, name="home"),
    # Our own pages stand in for two of allauth's overviews.
    path("account/2fa/", RedirectView.as_view(pattern_name="accounts:security")),
    path("account/sessions/", RedirectView.as_view(pattern_name="accounts:session-list")),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("library/", include("library.urls")),
    path("", include("rights.urls")),
    path("", include("generation.urls")),
    path("styleguide/", styleguide, name="styleguide"),
    # Asked for by browsers that show something without a head, such as a picture.
    path("favicon.ico", RedirectView.as_view(url=ICON), name="favicon"),
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("media/<str:token>/<str:filename>", media, name="media"),
    path("api/v1/", include("accounts.api.urls")),
    path("api/", include("config.api.urls")),  # last of the API: it answers for unknown paths
    path("admin/", admin.site.urls),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler429 = "config.errors.too_many_requests"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
