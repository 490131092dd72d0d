"""The fonts of statements: cut once, the same bytes every time, and never half."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from rights.statements import typefaces as faces
from rights.statements.typefaces import faces_style, sources_found, typefaces


@pytest.fixture
def small(monkeypatch, settings, tmp_path):
    """A data folder of its own, and the smaller of the two fonts in two weights."""
    settings.VAR_DIR = tmp_path / "var"
    monkeypatch.setattr(faces, "SOURCES", {"latin-ext": faces.SOURCES["latin-ext"]})
    monkeypatch.setattr(faces, "WEIGHTS", (400, 700))
    if not sources_found():
        pytest.skip("the font is not installed: npm ci")
    return tmp_path / "var" / "cache" / "typefaces"


def test_fonts_are_static_and_of_their_weight(small):
    found = typefaces()
    assert sorted(found) == ["latin-ext-400", "latin-ext-700"]
    for name, path in found.items():
        font = TTFont(path)
        assert "fvar" not in font
        assert "gvar" not in font
        assert font["OS/2"].usWeightClass == int(name[-3:])
        assert ord("Ž") in font.getBestCmap()
    light, bold = (TTFont(found[name])["hmtx"].metrics for name in sorted(found))
    assert light != bold


def test_letters_keep_what_the_variable_font_knows_of_them(small):
    [source] = sources_found().values()
    variable, static = TTFont(source), TTFont(typefaces()["latin-ext-400"])
    assert static.getBestCmap() == variable.getBestCmap()
    assert static["maxp"].numGlyphs == variable["maxp"].numGlyphs
    assert "GSUB" in static  # figures of one width are a feature of the font
    assert "GPOS" in static


def test_the_same_font_gives_the_same_bytes_in_another_folder(small, settings, tmp_path):
    first = {name: path.read_bytes() for name, path in typefaces().items()}
    settings.VAR_DIR = tmp_path / "elsewhere"
    second = {name: path.read_bytes() for name, path in typefaces().items()}
    assert first == second


def test_fonts_are_cut_once_and_nothing_is_left_beside_them(small, monkeypatch):
    found = typefaces()
    [folder] = list(small.iterdir())
    assert {path.parent for path in found.values()} == {folder}
    monkeypatch.setattr(faces, "CUTTING_S", 0)  # a second cut would be out of time
    assert typefaces() == found


def test_who_comes_second_gives_way_to_the_same_fonts(small):
    found = typefaces()
    [folder] = list(small.iterdir())
    before = {path: path.stat().st_ino for path in found.values()}
    faces._cut(sources_found(), folder)
    assert list(small.iterdir()) == [folder]
    assert {path: path.stat().st_ino for path in found.values()} == before


def test_what_cannot_be_cut_leaves_nothing_half_and_the_systems_fonts_stand_in(
    small, monkeypatch, tmp_path
):
    broken = tmp_path / "broken.woff2"
    broken.write_bytes(b"wOF2 and then nothing")
    monkeypatch.setattr(faces, "sources_found", lambda: {"latin-ext": broken})
    assert typefaces() == {}
    assert list(small.iterdir()) == []
    with pytest.raises(subprocess.CalledProcessError):
        faces._cut({"latin-ext": broken}, small / "x")


def test_a_data_folder_that_cannot_be_written_is_no_end_of_drawing(small, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "file"
    settings.VAR_DIR.write_text("not a folder")
    assert typefaces() == {}


def test_without_the_products_font_there_is_none(monkeypatch, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    monkeypatch.setattr(faces, "SOURCES", {"latin": "vendor/is-not-there.woff2"})
    assert (sources_found(), typefaces()) == ({}, {})


def test_the_name_of_the_folder_follows_from_font_weights_and_place(small, monkeypatch):
    sources = sources_found()
    names = {faces._key(sources), faces._key({"latin": sources["latin-ext"]})}
    monkeypatch.setattr(faces, "WEIGHTS", (400,))
    names.add(faces._key(sources))
    monkeypatch.setattr(faces, "AT", {"opsz": 96})
    names.add(faces._key(sources))
    assert len(names) == 4


def test_every_font_gets_its_family_and_weight_in_the_style_sheet():
    style = faces_style(["latin-400", "latin-ext-700"])
    assert style.splitlines() == [
        '@font-face{font-family:"Bricolage";font-weight:400;src:url("font://latin-400")}',
        '@font-face{font-family:"Bricolage Ext";font-weight:700;src:url("font://latin-ext-700")}',
    ]
    sheet = Path(faces.__file__).with_name("statement.css").read_text()
    assert "@font-face" not in sheet
    assert "font-variation-settings" not in sheet  # the fonts have no axes any more
