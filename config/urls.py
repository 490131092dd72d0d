"""Every address of the product."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.views.home import home
from config.media import media

urlpatterns = [
    path("", home, name="home"),
    # Our own pages stand in for two of allauth's overviews.
    path("account/2fa/", RedirectView.as_view(pattern_name="accounts:security")),
    path("account/sessions/", RedirectView.as_view(pattern_name="accounts:session-list")),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("library/", include("library.urls")),
    path("media/<str:token>/<str:filename>", media, name="media"),
    path("admin/", admin.site.urls),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler429 = "config.errors.too_many_requests"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
