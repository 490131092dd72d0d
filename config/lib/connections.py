"""The database and copies of a process: a connection has one owner, and a pool has threads, which no copy has."""

from __future__ import annotations

from django.db import connections


def let_go_of_connections() -> None:
    """Close what this process has open, with its pools, before it is copied; it opens anew what it needs."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if connection.settings_dict["OPTIONS"].get("pool"):
            connection.close_pool()  # type: ignore[attr-defined]


def use_no_pool() -> None:
    """Let this process, a copy that may be copied in turn, open one connection when it needs one."""
    for alias in connections:
        connections[alias].settings_dict["OPTIONS"].pop("pool", None)
