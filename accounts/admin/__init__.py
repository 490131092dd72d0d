"""People, organisations, keys, mail and the trail, for staff to read."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group

from accounts.admin import keys, organisations, people, trail

# What these hold opens accounts (secrets of second factors, session keys), or is changed through
# the product's own pages, which tell the person.
for _model in (Authenticator, EmailAddress, Group, UserSession):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)

__all__ = ["keys", "organisations", "people", "trail"]
