"""The settings ``REST_FRAMEWORK`` and ``SPECTACULAR_SETTINGS``."""

from __future__ import annotations

from typing import Any


def rest_framework(**rates: str) -> dict[str, Any]:
    """Return the framework's settings: JSON only, tokens and sessions, problems, limits.

    ``rates`` gives each scope of :mod:`config.api.limits` its rate, such as ``"60/min"``.
    """
    return {
        "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "accounts.api.authentication.TokenAuthentication",  # first: it words the 401
            "rest_framework.authentication.SessionAuthentication",
        ],
        "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.MemberInScope"],
        "DEFAULT_THROTTLE_CLASSES": [
            "config.api.limits.TokenLimit",
            "config.api.limits.PersonLimit",
            "config.api.limits.AddressLimit",
        ],
        "DEFAULT_THROTTLE_RATES": rates,
        "DEFAULT_PAGINATION_CLASS": "config.api.pages.CursorPages",
        "DEFAULT_METADATA_CLASS": None,  # OPTIONS is a method like any other: 405
        "EXCEPTION_HANDLER": "config.api.refusals.exception_handler",
        "URL_FORMAT_OVERRIDE": None,  # ?format= would go around the Accept header
        "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    }


def spectacular(*, version: str) -> dict[str, Any]:
    """Return the settings of the schema's generator."""
    return {
        "TITLE": "Tenfold",
        "DESCRIPTION": (
            "Everything here acts for one organisation. Times are UTC, lists come in pages, "
            "refusals are RFC 9457 problems. A path ends with a slash."
        ),
        "VERSION": version,
        "OAS_VERSION": "3.1.0",
        "SCHEMA_PATH_PREFIX": r"/api/v1",
        "SERVE_INCLUDE_SCHEMA": False,
        "COMPONENT_SPLIT_READ_ONLY": False,
        "POSTPROCESSING_HOOKS": [
            "drf_spectacular.hooks.postprocess_schema_enums",
            "config.api.schema.describe_problems",
        ],
        "ENUM_NAME_OVERRIDES": {
            "JobStateEnum": "config.jobs.models.Job.State",
            "OrganisationKindEnum": "accounts.models.Organisation.Kind",
            "MembershipRoleEnum": "accounts.models.Membership.Role",
        },
        "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
        "DISABLE_ERRORS_AND_WARNINGS": False,
    }
