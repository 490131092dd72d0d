"""The frame of the pages: theme, navigation by kind of organisation, switch, banner."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.utils.translation import get_language, override

from accounts.models import Membership, Organisation
from accounts.templatetags import kept as kept_parts

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast


def links(client: Client, label: str) -> list[str]:
    """Return the words of the links in the navigation named ``label``."""
    page = client.get("/").content.decode()
    nav = re.search(rf'<nav[^>]*aria-label="{label}">(.*?)</nav>', page, re.DOTALL)
    return re.findall(r"<a [^>]*>([^<]+?)\s*<", nav[1]) if nav else []


# ---------------------------------------------------------------- theme


@pytest.mark.django_db
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_chosen_theme_is_remembered_and_worn(client: Client, theme: str) -> None:
    response = client.post("/theme/", {"theme": theme, "next": "/account/login/?next=/jobs/"})
    assert response.status_code == 302
    assert response["Location"] == "/account/login/?next=/jobs/"
    assert response.cookies["theme"]["httponly"]
    assert response.cookies["theme"]["samesite"] == "Lax"
    assert f'data-theme="tenfold-{theme}"' in client.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("theme", ["system", "", "neon"])
def test_anything_else_follows_the_system(client: Client, theme: str) -> None:
    client.post("/theme/", {"theme": "dark"})
    client.post("/theme/", {"theme": theme})
    assert "data-theme=" not in client.get("/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("there", ["https://elsewhere.example/", "//elsewhere.example", ""])
def test_the_way_back_never_leads_elsewhere(client: Client, there: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": there})["Location"] == "/"


@pytest.mark.django_db
def test_a_theme_is_set_by_post_only(client: Client) -> None:
    response = client.get("/theme/?theme=dark")
    assert response.status_code == 405
    assert "theme" not in response.cookies


@pytest.mark.django_db
def test_a_forged_cookie_is_not_written_into_the_page(client: Client) -> None:
    client.cookies["theme"] = '"><script>'
    assert "data-theme=" not in client.get("/").content.decode()


# ---------------------------------------------------------------- navigation


@pytest.mark.django_db
def test_a_visitor_is_offered_the_log_in_and_nothing_else(client: Client) -> None:
    page = client.get("/").content.decode()
    assert links(client, "Main") == []
    assert "Log in" in page
    assert "hx-boost:inherited" not in page  # logging in changes all that is around #main


def test_a_creator_goes_to_the_library_and_a_rights_holder_does_not(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.alice)
    assert links(client, "Main") == ["Library", "Song sets", "Songs", "Jobs", "Members"]
    client.force_login(cast.rita)
    places = ["Overview", "Statements", "Balance", "Payouts", "Catalogue", "Claims"]
    assert links(client, "Main") == [*places, "Jobs", "Members"]


def test_only_staff_see_the_way_to_the_admin(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    assert links(client, "Account") == ["Settings", "Organisations"]
    client.force_login(cast.sam)
    assert links(client, "Account") == ["Settings", "Organisations", "Style guide", "Admin"]


def test_the_current_place_is_marked(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    page = client.get("/library/").content.decode()
    assert re.findall(r'href="([^"]+)" aria-current="page"', page) == ["/library/"] * 2
    assert "aria-current" not in client.get("/").content.decode()


def test_the_switch_appears_with_the_second_organisation(client: Client, cast: Cast) -> None:
    client.force_login(cast.charlie)
    assert "organisation-menu" not in client.get("/").content.decode()
    second = Organisation.objects.create(kind="creator", name="Second Room")
    Membership.objects.create(organisation=second, user=cast.charlie, role="owner")
    page = client.get("/").content.decode()
    assert 'popovertarget="organisation-menu"' in page
    assert "Second Room" in page


def test_someone_without_an_organisation_is_shown_the_way_to_one(
    client: Client, cast: Cast
) -> None:
    client.force_login(cast.sam)
    page = client.get("/").content.decode()
    assert "First, a place to work in" in page
    assert "/organisations/new/" in page


@pytest.mark.django_db
@pytest.mark.parametrize("in_use", [True, False])
def test_the_banner_tells_whether_stand_ins_are_used(
    client: Client, settings: Any, in_use: bool
) -> None:
    settings.SANDBOX_IN_USE = in_use
    assert ("Stand-ins are in use" in client.get("/").content.decode()) is in_use


@pytest.mark.django_db
def test_no_page_has_inline_style_or_script(client: Client) -> None:
    page = client.get("/").content.decode()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|hx-on", page)
    assert re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", page)[0].startswith(
        ' type="importmap" nonce='
    )
    assert len(re.findall(r"<script(?![^>]*\bsrc=)", page)) == 1


@pytest.mark.django_db
def test_development_shows_answers_with_errors_as_production_does(
    client: Client, settings: Any
) -> None:
    def scripts() -> list[str]:
        page = client.get("/").content.decode()
        return [name.split("/")[-1] for name in re.findall(r'<script[^>]* src="([^"]+)"', page)]

    as_served = scripts()
    settings.DEBUG = True
    assert scripts() == as_served == ["htmx-4.min.js", "hx-ptag-4.min.js", "tenfold.js"], (
        "a further script may hold 4xx back, and no form would say what is wrong in it"
    )


# ---------------------------------------------------------------- parts that are kept


def test_parts_that_say_the_same_to_everybody_are_drawn_once_per_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[tuple[str, str]] = []

    def draw(name: str) -> str:
        drawn.append((name, get_language() or ""))
        return f"<p>{name}</p>"

    monkeypatch.setattr(kept_parts, "render_to_string", draw)
    kept_parts._drawn.cache_clear()
    for language in ("en", "en", "de"):
        with override(language):
            assert kept_parts.kept("a.html") == "<p>a.html</p>"
    assert drawn == [("a.html", "en"), ("a.html", "de")]
    kept_parts._drawn.cache_clear()


def test_while_one_works_on_them_they_are_drawn_each_time(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEBUG = True
    drawn = iter(["before", "after"])
    monkeypatch.setattr(kept_parts, "render_to_string", lambda _name: next(drawn))
    assert [kept_parts.kept("a.html"), kept_parts.kept("a.html")] == ["before", "after"]


@pytest.mark.django_db
def test_the_kept_parts_know_nobody(client: Client, cast: Cast) -> None:
    before = client.get("/").content.decode()
    client.force_login(cast.alice)
    mine = client.get("/").content.decode()
    for tag in ("now-playing", 'dialog id="shortcuts"', "footer"):
        pattern = rf"<{tag}.*?</{tag.split()[0]}>"
        one, other = (re.search(pattern, page, re.DOTALL) for page in (before, mine))
        assert one is not None
        assert other is not None
        assert one[0] == other[0]
        assert cast.alice.email not in other[0]


def test_the_address_that_browsers_guess_leads_to_our_icon(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert re.fullmatch(r"/static/icons/tenfold-32(\.\w+)?\.png", answer["Location"])
