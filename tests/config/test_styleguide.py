"""The style guide is there for staff, and for nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config.styleguide import EveryWidgetForm, _sample_bands

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast


def test_staff_see_every_section(client: Client, cast: Cast) -> None:
    client.force_login(cast.sam)
    page = client.get("/styleguide/").content.decode()
    for section in ("mark", "colour", "sources", "type", "actions", "forms", "empty", "waiting"):
        assert f'id="{section}"' in page


@pytest.mark.parametrize("person", ["alice", "vera", "rita"])
def test_for_others_it_does_not_exist(client: Client, cast: Cast, person: str) -> None:
    client.force_login(getattr(cast, person))
    assert client.get("/styleguide/").status_code == 404


@pytest.mark.django_db
def test_for_a_visitor_it_does_not_exist(client: Client) -> None:
    assert client.get("/styleguide/").status_code == 404


def test_it_cannot_be_posted_to(client: Client, cast: Cast) -> None:
    client.force_login(cast.sam)
    assert client.post("/styleguide/").status_code == 405


def test_bands_lie_end_to_end() -> None:
    bands = _sample_bands((50, 30, 20))
    assert [(band.start, band.share) for band in bands] == [(0, 50), (50, 30), (80, 20)]


def test_every_kind_of_field_is_drawn_with_label_help_and_error() -> None:
    form = EveryWidgetForm({"wrong-email": "nobody"}, prefix="wrong")
    html = str(form.as_div())
    for bound in form:
        assert str(bound.label) in html
    assert 'id="id_wrong-title_helptext"' in html
    assert 'aria-describedby="id_wrong-title_helptext id_wrong-title_error"' in html
    assert 'id="id_wrong-email_error"' in html
    assert html.count('aria-invalid="true"') >= 6
    assert "<fieldset" in html  # radio buttons and check boxes have a legend, not a stray label
    assert "style=" not in html


def test_only_fields_that_may_stay_empty_are_marked() -> None:
    form = EveryWidgetForm()
    assert "(optional)" in str(form["notes"].as_field_group())
    assert "(optional)" not in str(form["title"].as_field_group())
    assert "(optional)" not in str(form["agrees"].as_field_group())
