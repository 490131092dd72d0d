"""``manage.py song`` on real files, over real jobs, in processes of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from config.partners import STAND_INS
from tests.migrated import as_the_product, copied_database

ROOT = Path(__file__).parents[3]
POP = ROOT.parent / "shared" / "data" / "pop"
HEARD_S = 48
MINUTES = "1"
pytestmark = pytest.mark.slow


def free_ports(count: int) -> int:
    """Return the first of ``count`` ports in a row that nobody listens on."""
    for first in range(20_000, 30_000, count):
        try:
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise RuntimeError("no free ports")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A database, a folder and stand-ins of our own, and ten songs."""
    songs = sorted(POP.glob("*.ogg"))[:10]
    if len(songs) < 10:
        pytest.skip("no ten songs: the shared data is not beside the repository")
    folder = tmp_path_factory.mktemp("song")
    (folder / "ten").mkdir()
    for song in songs:
        # Half of each is a song as well, and half the work to measure.
        samples, rate = soundfile.read(song, frames=HEARD_S * 44_100, dtype="float32")
        kept = soundfile.SoundFile(folder / "ten" / song.name, "w", rate, samples.shape[1])
        with kept:  # second by second: the Vorbis encoder puts what it is given on the stack
            for begin in range(0, len(samples), rate):
                kept.write(samples[begin : begin + rate])
    with copied_database(f"tenfold_song_{os.getpid()}") as owner_url:
        yield (
            folder,
            {
                **os.environ,
                "DATABASE_URL": as_the_product(owner_url),
                "DATABASE_OWNER_URL": owner_url,
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "DEBUG": "1",
                "VAR_DIR": str(folder / "var"),
                "SANDBOX_PORT": str(free_ports(len(STAND_INS))),
            },
        )


def command(place, *options) -> subprocess.Popen[str]:
    folder, environment = place
    # Where tests run in the background of a script, Ctrl-C would be ignored by all that they start.
    heeding = ["env", "--default-signal=INT"]
    return subprocess.Popen(
        [
            *heeding,
            sys.executable,
            ROOT / "manage.py",
            "song",
            "--songs",
            "ten",
            "--out",
            "out",
            *options,
        ],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def rows(place, question: str) -> list[str]:
    _folder, environment = place
    program = f"from config.jobs.models import Job; from generation.models import Version; print({question})"
    shell = [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", program]
    return subprocess.run(
        shell, env=environment, capture_output=True, text=True, check=True
    ).stdout.split()


def name_the_song_that_nobody_knows(place) -> None:
    """None is made of it."""
    folder, _environment = place
    run = command(place)
    out, err = run.communicate()

    assert run.returncode == 2, err
    assert out == ""
    assert "pop-007.ogg" in err
    assert "--register" in err
    assert {entry.name for entry in folder.iterdir()} == {"ten", "var"}
    assert rows(place, "Job.objects.filter(kind='song.generate').count()") == ["0"]


def stop_by_ctrl_c(place) -> None:
    """The jobs end, and nothing is left."""
    folder, _environment = place
    run = command(place, "--register", "--minutes", MINUTES, "--seed", "3")
    for line in run.stderr:
        if line.startswith("generate"):
            break
    run.send_signal(signal.SIGINT)
    out, err = run.communicate()

    assert run.returncode == 130, err
    assert out == ""
    assert "its jobs were stopped, and nothing was written" in err
    assert {entry.name for entry in folder.iterdir()} == {"ten", "var"}
    states = rows(
        place, "*Job.objects.filter(kind='song.generate').values_list('state', flat=True)"
    )
    assert states in (["cancelled"], ["running"])


def test_ten_files_are_refused_stopped_and_become_a_song_with_everything_around_it(place):
    # One after another: files that were registered once are known from then on.
    name_the_song_that_nobody_knows(place)
    stop_by_ctrl_c(place)
    folder, environment = place
    run = command(place, "--register", "--minutes", MINUTES, "--seed", "3")
    out, err = run.communicate()
    assert run.returncode == 0, err
    said = json.loads(out.splitlines()[-1])
    made = folder / "out"

    assert {entry.name for entry in made.iterdir()} == {
        "song.wav", "song.flac", "song.mp3", "song.mid", "stems", "receipt.json", "report.json",
        "lead-sheet.pdf",
    }  # fmt: skip
    assert len(list((made / "stems").iterdir())) >= 5
    assert said["seed"] == 3
    assert {"setup", "identify", "generate", "total"} <= set(said["seconds"])
    assert set(said["quality"]) >= {"passed", "loudness_lufs", "beats_f"}
    report = json.loads((made / "report.json").read_text())
    assert {"tempo_bpm", "key", "chords", "sections", "quality"} <= set(report)
    assert abs(report["duration_s"] - said["duration_s"]) < 0.01
    verify = [sys.executable, ROOT / "manage.py", "verify_receipt", made / "receipt.json"]
    checked = subprocess.run([*verify, "--audio", made / "song.wav"], env=environment, check=False)
    assert checked.returncode == 0
    other = subprocess.run([*verify, "--audio", made / "song.mp3"], env=environment, check=False)
    assert other.returncode == 1
    made_by = "*Version.objects.filter(state='ready').values_list('song__created_by__email')[0]"
    assert rows(place, made_by) == ["alice@example.com"]
