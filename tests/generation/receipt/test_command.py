"""``manage.py verify_receipt``: a sentence for each question, an exit status, no database."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generation.attribution.receipt import receipt_body, sign
from generation.attribution.receipt_keys import read_key
from tests.generation.receipt.facts import KEY, OTHER_KEY, SEED_KEY, small_facts

ROOT = Path(__file__).parents[3]
AUDIO = b"RIFF, and then the song" * 40
RECEIPT = sign(receipt_body(small_facts(audio_sha256=hashlib.sha256(AUDIO).hexdigest())), KEY)


@pytest.fixture
def files(tmp_path, settings):
    settings.RECEIPT_KEYS = [SEED_KEY]
    receipt, audio = tmp_path / "receipt.json", tmp_path / "song.wav"
    receipt.write_bytes(RECEIPT)
    audio.write_bytes(AUDIO)
    return receipt, audio


def check(*args) -> int:
    with pytest.raises(SystemExit) as left:
        call_command("verify_receipt", *map(str, args))
    assert isinstance(left.value.code, int)
    return left.value.code


def test_a_genuine_receipt_and_its_song_are_told_so(files, capsys):
    receipt, audio = files

    assert check(receipt, "--audio", audio) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[0] for line in lines[:5]] == ["✓"] * 5
    assert lines[-1] == "This receipt is genuine."


def test_without_audio_the_song_is_not_asked_about(files, capsys):
    assert check(files[0]) == 0
    assert "· No audio file was given to compare." in capsys.readouterr().out


@given(st.integers(0, len(AUDIO) - 1), st.integers(1, 255))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_changed_byte_of_the_song_is_caught(files, capsys, position, mask):
    receipt, audio = files
    changed = bytearray(AUDIO)
    changed[position] ^= mask
    audio.write_bytes(changed)

    assert check(receipt, "--audio", audio) == 1
    assert "✗ The audio file is not the one" in capsys.readouterr().out


@given(st.integers(0, len(RECEIPT) - 1), st.integers(1, 255))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_changed_byte_of_the_receipt_is_caught(files, capsys, position, mask):
    receipt, _audio = files
    changed = bytearray(RECEIPT)
    changed[position] ^= mask
    receipt.write_bytes(changed)

    assert check(receipt) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "Do not rely on this receipt."


def test_programs_get_one_object(files, capsys):
    receipt, audio = files
    audio.write_bytes(AUDIO + b"!")

    assert check(receipt, "--audio", audio, "--json") == 1
    assert json.loads(capsys.readouterr().out) == {
        "valid": False,
        "reasons": [
            (
                "The audio file is not the one that the receipt is about, or was changed. "
                "Compare the WAV: FLAC, MP3 and AAC copies differ too."
            )
        ],
        "checks": {"form": True, "signature": True, "key": True, "sums": True, "audio": False},
    }


def test_a_key_that_is_given_counts_instead_of_ours(files, capsys):
    receipt, _audio = files
    other = read_key(OTHER_KEY).public

    assert check(receipt, "--key", KEY.public.upper()) == 0
    assert check(receipt, "--key", other) == 1
    assert check(receipt, "--key", other, "--key", KEY.public) == 0
    assert check(receipt, "--key", "12") == 2
    assert "64 hexadecimal figures" in capsys.readouterr().err


@pytest.mark.parametrize("which", [0, 1])
def test_a_file_that_cannot_be_read_is_named(files, capsys, which):
    files[which].unlink()

    assert check(files[0], "--audio", files[1], "--json") == 2
    said = capsys.readouterr()
    assert files[which].name in said.err
    assert json.loads(said.out)["valid"] is None


def test_any_other_file_is_an_answer(files, capsys, tmp_path):
    large = tmp_path / "large"
    with large.open("wb") as sparse:
        sparse.truncate(1 << 32)

    assert check(files[1]) == 1
    assert check(large) == 1
    assert "it was changed, or is none" in capsys.readouterr().out


def test_it_starts_no_database_and_asks_nobody(files, tmp_path):
    run = subprocess.run(
        [sys.executable, "manage.py", "verify_receipt", str(files[0]), "--key", KEY.public],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path / "var"), "SECRET_KEY": "x" * 50},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (run.returncode, run.stderr) == (0, "")
    assert not (tmp_path / "var").exists()


def test_the_keys_are_listed_as_the_setting_takes_them_back(settings, capsys):
    settings.RECEIPT_KEYS = [OTHER_KEY, SEED_KEY]
    call_command("receipt_keys")
    first, second = capsys.readouterr().out.splitlines()

    assert first.split() == [
        read_key(OTHER_KEY).key_id,
        "signs",
        f"public:{read_key(OTHER_KEY).public}",
    ]
    assert second.split() == [KEY.key_id, "verifies", f"public:{KEY.public}"]
    assert read_key(second.split()[-1]).public == KEY.public


def test_without_a_key_and_with_a_broken_one_it_is_said(settings, capsys, tmp_path):
    settings.RECEIPT_KEYS, settings.VAR_DIR = [], tmp_path
    call_command("receipt_keys")
    assert "There is no key yet" in capsys.readouterr().err

    settings.RECEIPT_KEYS = ["broken"]
    with pytest.raises(CommandError, match="64 hexadecimal figures"):
        call_command("receipt_keys")


def test_the_program_of_the_reference_checks_a_receipt_without_us(files, tmp_path):
    receipt, audio = files
    page = (ROOT / "docs" / "reference" / "receipt.md").read_text()
    program = re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]
    program = program.replace("…64 figures from /verify/keys.json…", KEY.public)
    (tmp_path / "check.py").write_text(program)

    def run():
        command = [sys.executable, "-I", tmp_path / "check.py", receipt, audio]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert run().stdout == "genuine\n"
    receipt.write_bytes(RECEIPT.replace(b'"seed":7', b'"seed":8'))
    assert run().returncode == 1
    receipt.write_bytes(RECEIPT)
    audio.write_bytes(AUDIO[1:])
    assert "another song" in run().stderr
