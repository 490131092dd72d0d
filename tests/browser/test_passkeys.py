"""Passkeys with a real browser and its virtual authenticator: made, used, refused, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import assert_clean, watch
from tests.cast import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, CDPSession, Page

    from tests.browser.server import Site

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """A device of the browser that keeps passkeys, driven through the DevTools protocol."""

    def __init__(self, page: Page) -> None:
        self.protocol: CDPSession = page.context.new_cdp_session(page)
        self.protocol.send("WebAuthn.enable")
        made = self.protocol.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
        self.id = made["authenticatorId"]

    @property
    def passkeys(self) -> list[dict[str, Any]]:
        """What the device keeps."""
        return self.protocol.send("WebAuthn.getCredentials", {"authenticatorId": self.id})[
            "credentials"
        ]

    def wait_for_owner(self) -> None:
        """Keep every request open until the owner touches the device."""
        self._owner_touches(False)

    def owner_is_there(self) -> None:
        """Let the owner touch the device whenever it asks, as at the start."""
        self._owner_touches(True)

    def _owner_touches(self, enabled: bool) -> None:
        self.protocol.send(
            "WebAuthn.setAutomaticPresenceSimulation",
            {"authenticatorId": self.id, "enabled": enabled},
        )

    def refuse(self) -> None:
        """Let the owner decline from now on."""
        self.protocol.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": False}
        )


def log_in(page: Page, person: str) -> None:
    """Give the password; this folder's shared log-in would keep sessions that we end."""
    page.goto("/account/login/")
    page.fill("[name=login]", f"{person}@example.com")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    wait_until_in(page)


def wait_until_in(page: Page) -> None:
    """Wait for the page behind the log-in: it has the person's menu."""
    page.wait_for_selector("#user-menu", state="attached")


def log_out(page: Page) -> None:
    """Leave the account, keep the browser and its device."""
    page.goto("/account/logout/")
    page.locator("main").get_by_role("button", name="Log out").click()
    page.wait_for_selector("#user-menu", state="detached")


def add_passkey(page: Page, name: str, *, alone: bool = True) -> None:
    """Add a passkey in the settings, answering "is it you?" where asked."""
    page.goto("/account/2fa/webauthn/add/")
    if "/reauthenticate/" in page.url:
        page.fill("[name=password]", PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url("**/webauthn/add/")
    page.fill("[name=name]", name)
    page.get_by_label("Log in with this passkey alone").set_checked(alone)
    page.get_by_role("button", name="Add the passkey").click()
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)


@pytest.fixture
def device(page: Page) -> Device:
    """A device that keeps passkeys, in the browser of ``page``."""
    return Device(page)


@pytest.fixture
def plain_page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page of a browser with JavaScript switched off."""
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_passkey_is_added_and_logs_in_alone(page: Page, device: Device, axe) -> None:
    log_in(page, "charlie")
    add_passkey(page, "Charlie's laptop")
    assert page.get_by_role("heading", name="Recovery codes").is_visible()
    assert len(device.passkeys) == 1
    assert device.passkeys[0]["isResidentCredential"]
    page.goto("/account/2fa/webauthn/")
    assert page.get_by_role("heading", name="Charlie's laptop").is_visible()
    axe(page)
    log_out(page)

    device.wait_for_owner()
    page.goto("/account/login/")
    axe(page)
    device.owner_is_there()
    page.get_by_role("button", name="Log in with a passkey").click()
    wait_until_in(page)
    page.goto("/settings/security/")
    assert page.locator("main").get_by_text("charlie@example.com").is_visible()
    assert page.get_by_text("1 passkey").is_visible()
    log_out(page)

    page.goto("/account/login/")  # the browser offers it by itself, and the device agrees at once
    wait_until_in(page)
    page.goto("/settings/security/")
    assert page.locator("main").get_by_text("charlie@example.com").is_visible()

    page.goto("/account/2fa/webauthn/")
    page.get_by_role("link", name="Remove Charlie's laptop").click()
    page.get_by_role("heading", name="Is it you?").wait_for()
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Remove the passkey").click()
    page.get_by_text("You have no passkey yet.").wait_for()


def test_passkey_as_second_step_comes_after_the_password(page: Page, device: Device, axe) -> None:
    log_in(page, "petra")
    add_passkey(page, "Petra's key", alone=False)
    assert len(device.passkeys) == 1
    log_out(page)
    page.goto("/account/login/")
    page.fill("[name=login]", "petra@example.com")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/2fa/authenticate/")
    axe(page)
    page.get_by_role("button", name="Use a passkey").click()
    wait_until_in(page)
    page.goto("/settings/security/")
    assert page.locator("main").get_by_text("petra@example.com").is_visible()

    page.goto("/account/2fa/webauthn/")
    page.get_by_role("link", name="Rename Petra's key").click()
    page.get_by_role("heading", name="Is it you?").wait_for()
    axe(page)
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_label("Name").fill("Petra's other name")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("heading", name="Petra's other name").wait_for()


def test_owner_who_declines_stays_out_and_is_told_so(page: Page, device: Device) -> None:
    device.refuse()
    page.goto("/account/login/")
    page.get_by_role("button", name="Log in with a passkey").click()
    page.get_by_text("No passkey was used.").wait_for()
    assert page.url.endswith("/account/login/")
    page.goto("/settings/security/")
    assert "/account/login/" in page.url


def test_without_javascript_the_page_says_so_and_the_password_works(plain_page: Page) -> None:
    plain_page.goto("/account/login/")
    assert not plain_page.get_by_role("button", name="Log in with a passkey").is_visible()
    message = plain_page.locator("noscript p")  # text selectors pass over what is in noscript
    assert message.is_visible()
    assert message.inner_text().startswith("Passkeys need JavaScript")
    log_in(plain_page, "vera")


def test_browser_without_passkeys_is_told_so(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.url)
    page = context.new_page()
    problems = watch(page)
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto("/account/login/")
    page.get_by_text("This browser cannot use passkeys.").wait_for()
    assert not page.get_by_role("button", name="Log in with a passkey").is_visible()
    assert_clean(page, problems)
    context.close()
