"""Addresses of the accounts app."""

from __future__ import annotations

from django.urls import path

from accounts.views import security
from accounts.views.theme import theme_set

app_name = "accounts"
urlpatterns = [
    path("theme/", theme_set, name="theme-set"),
    path("settings/profile/", security.profile, name="profile"),
    path("settings/security/", security.security, name="security"),
    path("settings/sessions/", security.sessions, name="session-list"),
    path("settings/sessions/end-others/", security.end_other_sessions, name="session-end-others"),
    path("settings/sessions/<int:session_id>/end/", security.end_session, name="session-end"),
]
