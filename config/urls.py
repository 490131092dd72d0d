"""Every address of the product."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from accounts.views.home import home

urlpatterns = [
    path("", home, name="home"),
    path("account/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
