"""Each system check, seen silent and seen speaking."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import checks


@pytest.fixture
def production(settings):
    """Settings of an installation that is in order, with every outside service real."""
    settings.DEBUG = False
    settings.SANDBOX_ALLOWED = False
    settings.SITE_URL = "https://tenfold.example"
    settings.SECRET_KEY = "x" * 60
    settings.ADMIN_MFA_REQUIRED = True
    settings.APPLE_MUSIC_URL = "https://api.music.apple.com"
    settings.APPLE_MUSIC_KEY = "-----BEGIN PRIVATE KEY-----"
    settings.APPLE_MUSIC_KEY_ID = "ABCDE12345"
    settings.APPLE_MUSIC_TEAM_ID = "TEAM567890"
    settings.SHAZAM_URL = ""
    settings.ECB_URL = "https://www.ecb.europa.eu"
    settings.PLATOON_URL = "https://distributor.example"
    settings.PLATOON_TOKEN = "token"
    settings.STRIPE_URL = "https://api.stripe.com"
    settings.STRIPE_SECRET_KEY = "sk_live_x"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_x"]
    return settings


def ids() -> list[str]:
    found = [
        *checks.services_are_real(),
        *checks.storage_is_whole(),
        *checks.secrets_are_secret(),
        *checks.staff_have_a_second_step(),
    ]
    assert all(message.hint for message in found), "a check without advice"
    return sorted(str(message.id) for message in found)


def test_an_installation_in_order_is_silent(production):
    assert ids() == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:8714", "http://localhost:1", "http://[::1]:1"])
def test_a_stand_in_outside_development_is_refused(production, url):
    production.STRIPE_URL, production.STRIPE_SECRET_KEY = url, ""

    assert ids() == ["config.E003"]


def test_payouts_whose_messages_would_all_be_refused_are_refused(production):
    production.STRIPE_WEBHOOK_SECRETS = []

    assert ids() == ["config.E015"]


@pytest.mark.parametrize("name", ["APPLE_MUSIC_KEY_ID", "APPLE_MUSIC_TEAM_ID"])
def test_a_key_for_apple_music_needs_its_two_ids(production, name):
    setattr(production, name, "")

    assert ids() == ["config.E014"]


def test_a_stand_in_on_another_host_is_known_by_its_name(production):
    production.SANDBOX_HOST = "sandbox"
    production.SHAZAM_URL = "http://sandbox:8712"

    assert ids() == ["config.E003"]


def test_a_demonstration_on_stand_ins_is_only_warned(production):
    production.SANDBOX_ALLOWED = True
    production.SHAZAM_URL = "http://127.0.0.1:8712"

    assert ids() == ["config.W003"]


def test_in_development_stand_ins_are_right(production):
    production.DEBUG = True
    for name, key in checks.KEYS.items():
        setattr(production, name, "http://127.0.0.1:8711")
        if key:
            setattr(production, key, "")

    assert ids() == []


def test_a_real_key_is_never_sent_to_a_stand_in(production):
    production.DEBUG = True
    production.STRIPE_URL = "http://127.0.0.1:8714"

    assert ids() == ["config.E004"]


@pytest.mark.parametrize("key", ["APPLE_MUSIC_KEY", "PLATOON_TOKEN", "STRIPE_SECRET_KEY"])
def test_a_real_service_wants_its_key(production, key):
    setattr(production, key, "")

    assert ids() == ["config.E005"]


def test_a_service_that_is_turned_off_wants_nothing(production):
    production.STRIPE_URL = production.STRIPE_SECRET_KEY = ""

    assert ids() == []


@pytest.mark.parametrize(("access", "secret"), [("a", ""), ("", "b")])
def test_half_a_pair_of_keys_is_refused(production, access, secret):
    production.S3_ACCESS_KEY, production.S3_SECRET_KEY = access, secret

    assert ids() == ["config.E006"]


def test_a_bucket_without_a_region_or_an_endpoint_is_refused(production):
    production.S3_BUCKET = "tenfold"
    assert ids() == ["config.E007"]

    production.S3_REGION = "eu-west-1"
    assert ids() == []
    production.S3_REGION, production.S3_ENDPOINT_URL = "", "https://minio.example"
    assert ids() == []


@pytest.mark.parametrize("prefix", ["_media/", "/_media", "media"])
def test_a_location_of_nginx_has_both_slashes(production, prefix):
    production.MEDIA_ACCEL_PREFIX = prefix

    assert ids() == ["config.E008"]


def test_nginx_serves_no_bucket(production):
    production.MEDIA_ACCEL_PREFIX = "/_media/"
    assert ids() == []

    production.S3_BUCKET, production.S3_REGION = "tenfold", "eu-west-1"
    assert ids() == ["config.E008"]


def test_a_folder_that_cannot_be_written_is_refused(production, tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    storage = {**production.STORAGES["default"], "OPTIONS": {"location": str(in_the_way / "media")}}
    production.STORAGES = {**production.STORAGES, "default": storage}

    assert ids() == ["config.E009"]


@pytest.mark.parametrize("name", ["METRICS_TOKEN", "PROBE_TOKEN"])
def test_a_short_token_is_refused_and_none_is_right(production, name):
    setattr(production, name, "x" * 15)
    assert ids() == ["config.E010"]

    setattr(production, name, "x" * 16)
    assert ids() == []


def test_the_key_of_development_stays_in_development(production):
    production.SECRET_KEY = "only-for-development-" * 3
    assert ids() == ["config.E011"]

    production.DEBUG = True
    assert ids() == []


def test_a_missing_secret_is_refused(production):
    production.SECRET_KEY = ""

    assert ids() == ["config.E011"]


def test_links_in_mails_lead_to_https(production):
    production.SITE_URL = "http://tenfold.example"

    assert ids() == ["config.W012"]


def test_staff_without_a_second_step_are_for_development_only(production):
    production.ADMIN_MFA_REQUIRED = False
    assert ids() == ["config.W013"]

    production.DEBUG = True
    assert ids() == []


# ---------------------------------------------------------------- the command, as CI runs it

# An installation without a single key: every outside service turned off.
PRODUCTION = {
    "SECRET_KEY": "kN8vQ2xW5zR7tY4uB1mC6pL9sD3fG0hJ-aE_iO8rT2wX5yZ7vU4",
    "RECEIPT_KEYS": "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "SITE_URL": "https://tenfold.example",
    "ALLOWED_HOSTS": "tenfold.example",
    "APPLE_MUSIC_URL": "",
    "SHAZAM_URL": "",
    "PLATOON_URL": "",
    "STRIPE_URL": "",
    "METRICS_TOKEN": "q7W2e9R4t6Y1u8I3o5P0",
    "PROBE_TOKEN": "a1S9d2F8g3H7j4K6l5Z0",
    "TENFOLD_IGNORE_DOTENV": "1",
}


def check_deploy(**environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {
        name: os.environ[name]
        for name in ("PATH", "VAR_DIR", "DATABASE_URL", "DATABASE_OWNER_URL", "HOME")
        if name in os.environ
    }
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=Path(__file__).resolve().parents[2],
        env={**inherited, **PRODUCTION, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_deploy_is_clean_with_the_settings_of_production():
    run = check_deploy()

    assert run.returncode == 0, run.stderr
    assert "no issues (0 silenced)" in run.stdout + run.stderr


def test_check_deploy_names_every_fault_at_once():
    run = check_deploy(
        STRIPE_URL="http://127.0.0.1:8714",
        SITE_URL="http://x",
        METRICS_TOKEN="short",
        ADMIN_MFA_REQUIRED="0",
    )

    assert run.returncode == 1
    for number in ("config.E003", "config.W012", "config.E010", "config.W013"):
        assert number in run.stderr


def test_without_a_secret_key_the_check_says_so_and_how_to_make_one():
    run = check_deploy(SECRET_KEY="")

    assert run.returncode == 1
    assert "config.E011" in run.stderr
    assert "secrets.token_urlsafe" in run.stderr
