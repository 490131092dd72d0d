"""Who you are and for whom you act."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People, organisations, roles, invitations, tokens and the audit trail."""

    name = "accounts"

    def ready(self) -> None:
        """Tell the layers below what this app does for them."""
        from accounts.services.personal_data import personal_data_register  # noqa: PLC0415
        from config.jobs import registry  # noqa: PLC0415

        registry.register(
            "account.export",
            "accounts.tasks.data.export",
            title=_("Copy of your data"),
            steps=[("collect", _("Collecting"))],
            time_limit_s=900,
            on_retry="accounts.services.data_exports.data_export_follow",
        )
        registry.register(
            "account.erase",
            "accounts.tasks.data.erase",
            title=_("Deletion of an account"),
            steps=[("files", _("Removing files"))],
            time_limit_s=900,
        )
        registry.register(
            "organisation.close",
            "accounts.tasks.data.close_organisation",
            title=_("Closing of an organisation"),
            time_limit_s=900,
        )
        personal_data_register(
            "accounts",
            collect="accounts.services.own_data.own_data_collect",
            erase="accounts.services.own_data.own_data_erase",
        )
