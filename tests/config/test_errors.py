"""The error pages: the right status, the three answers, a reference, and no database on the way out."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import path

from config import errors
from config.errors import reference_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

REFERENCE = re.compile(r'error-reference">([0-9A-F]{4}-[0-9A-F]{4})<')
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
BOOSTED = {"HX-Request": "true", "HX-Request-Type": "full", "HX-Boosted": "true"}


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("on purpose")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied("Only accountants see <statements>.")


def limited(request: HttpRequest) -> HttpResponse:
    return errors.too_many_requests(request)


handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"


def _urls() -> list[Any]:
    from config.urls import urlpatterns as product

    return [
        path("broken/", broken),
        path("forbidden/", forbidden),
        path("limited/", limited),
        path("api/v1/broken/", broken),
        *product,
    ]


@pytest.fixture
def visitor(settings: Any) -> Client:
    settings.ROOT_URLCONF = __name__
    settings.DEBUG = False
    return Client(headers={"host": "localhost"}, raise_request_exception=False)


def page_of(response: Any) -> str:
    return str(response.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "status"), [("/forbidden/", 403), ("/nowhere/", 404), ("/limited/", 429)]
)
def test_page_answers_three_questions_and_gives_a_reference(
    visitor: Client, address: str, status: int
) -> None:
    response = visitor.get(address)
    page = page_of(response)
    assert response.status_code == status
    assert "What happened" in page
    assert "What is safe" in page
    assert "What to do" in page
    assert REFERENCE.search(page)
    assert "omething went wrong" not in page


@pytest.mark.django_db
def test_403_shows_the_reason_that_the_view_gave_escaped(visitor: Client) -> None:
    assert "Only accountants see &lt;statements&gt;." in page_of(visitor.get("/forbidden/"))


@pytest.mark.django_db
def test_a_form_that_expired_says_so(settings: Any) -> None:
    settings.DEBUG = False
    strict = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    response = strict.post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "This form has expired" in page_of(response)
    assert "theme" not in response.cookies


@pytest.mark.django_db
def test_an_unknown_host_gets_400(visitor: Client) -> None:
    response = visitor.get("/", headers={"host": "somebody.example"})
    assert response.status_code == 400
    assert "We could not read that request" in page_of(response)


def test_500_comes_out_without_a_database(visitor: Client) -> None:
    # No django_db mark: any query on the way would fail the test.
    response = visitor.get("/broken/")
    page = page_of(response)
    assert response.status_code == 500
    assert "We made a mistake" in page
    assert REFERENCE.search(page)
    assert "on purpose" not in page


def test_500_wears_the_theme_of_the_cookie_and_no_other(visitor: Client) -> None:
    visitor.cookies["theme"] = "dark"
    assert 'data-theme="tenfold-dark"' in page_of(visitor.get("/broken/"))
    visitor.cookies["theme"] = '"><script>'
    assert "data-theme" not in page_of(visitor.get("/broken/"))


def test_500_comes_out_when_the_manifest_of_static_files_is_missing(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> str:
        raise ValueError(name)

    monkeypatch.setattr(errors, "staticfiles_storage", SimpleNamespace(url=missing))
    response = visitor.get("/broken/")
    assert response.status_code == 500
    assert "We made a mistake" in page_of(response)
    assert "stylesheet" not in page_of(response)


@pytest.mark.parametrize(
    ("address", "status"), [("/broken/", 500), ("/nowhere/", 404), ("/limited/", 429)]
)
def test_a_fragment_is_answered_with_a_fragment(visitor: Client, address: str, status: int) -> None:
    response = visitor.get(address, headers=PARTIAL)
    assert response.status_code == status
    assert "<html" not in page_of(response)
    assert 'role="alert"' in page_of(response)
    assert REFERENCE.search(page_of(response))


@pytest.mark.django_db
def test_a_boosted_navigation_gets_the_page_because_it_selects_main(visitor: Client) -> None:
    response = visitor.get("/nowhere/", headers=BOOSTED)
    assert '<main id="main"' in page_of(response)


@pytest.mark.parametrize(("address", "status"), [("/api/v1/broken/", 500), ("/api/nowhere/", 404)])
def test_the_api_answers_with_a_problem(visitor: Client, address: str, status: int) -> None:
    response = visitor.get(address)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert "<html" not in page_of(response)


@pytest.mark.parametrize(
    ("request_id", "reference"),
    [
        ("7f2a19c3-0000-4000-8000-000000000000", "7F2A-19C3"),
        ("<b>7f</b>", "B7FB"),
        ("", ""),
    ],
)
def test_a_reference_is_the_start_of_the_request_id_in_plain_letters(
    request_id: str, reference: str
) -> None:
    with structlog.contextvars.bound_contextvars(request_id=request_id):
        assert reference_of(RequestFactory().get("/")) == reference


urlpatterns = _urls()
