"""Inside the jail nothing can be opened, started or reached."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

JAIL = Path(__file__).parents[2] / "library/jail"
PROBE = """
import sys; sys.path.insert(0, {jail!r})
import ctypes, json, os, socket, threading
import doors
path = sys.argv[1]
guards = doors.close_all(memory_bytes=1 << 30, cpu_s=5, output_bytes=1 << 20)

def attempt(action):
    try:
        action()
    except BaseException as error:
        return type(error).__name__
    return "done"

def raw_clone3():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.syscall(435, None, 0) < 0:
        raise OSError(ctypes.get_errno(), "clone3")

answers = {{
    "open": attempt(lambda: open(path)),
    "write": attempt(lambda: open(path, "w")),
    "list": attempt(lambda: os.listdir("/")),
    "socket": attempt(lambda: socket.socket()),
    "unix socket": attempt(lambda: socket.socket(socket.AF_UNIX)),
    "fork": attempt(os.fork),
    "clone3": attempt(raw_clone3),
    "thread": attempt(lambda: threading.Thread(target=print).start()),
    "exec": attempt(lambda: os.execv("/bin/sh", ["sh"])),
    "kill": attempt(lambda: os.kill(1, 0)),
    "unlink": attempt(lambda: os.unlink(path)),
    "ptrace": attempt(lambda: ctypes.CDLL(None).ptrace(0, 0, 0, 0) == -1 and 1 / 0),
    "become root": attempt(lambda: os.setuid(0)),
    "more memory": attempt(lambda: bytearray(2 << 30)),
    "import": attempt(lambda: __import__("sqlite3")),
    "descriptor 0 still works": attempt(lambda: os.read(0, 1)),
}}
os.write(1, json.dumps([guards, answers]).encode())
"""


@pytest.fixture(scope="module")
def inside(tmp_path_factory):
    secret = tmp_path_factory.mktemp("secret") / "secret.wav"
    secret.write_text("secret")
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROBE.format(jail=str(JAIL)), str(secret)],
        input=b"x",
        capture_output=True,
        timeout=30,
        check=True,
    )
    assert secret.read_text() == "secret"
    return json.loads(done.stdout)


DENIED = [
    "open", "write", "list", "socket", "unix socket", "fork", "clone3", "exec", "kill", "unlink",
    "become root",
]  # fmt: skip


@pytest.mark.parametrize("door", DENIED)
def test_door_is_closed(inside, door):
    assert inside[1][door] == "PermissionError"


def test_no_thread_starts(inside):
    assert inside[1]["thread"] == "RuntimeError"


def test_memory_is_bounded(inside):
    assert inside[1]["more memory"] == "MemoryError"


def test_no_module_is_loaded_after_the_doors_are_closed(inside):
    assert inside[1]["import"] in {"PermissionError", "ModuleNotFoundError", "ImportError"}


def test_no_process_is_traced(inside):
    assert inside[1]["ptrace"] == "ZeroDivisionError"


def test_open_descriptors_still_work(inside):
    assert inside[1]["descriptor 0 still works"] == "done"


def test_guards_are_reported(inside):
    guards = inside[0]
    assert guards["seccomp"] is True
    assert guards["landlock"] >= 0


def test_output_beyond_the_cap_is_not_written(tmp_path):
    code = f"""
import sys; sys.path.insert(0, {str(JAIL)!r})
import doors, os, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
doors.close_all(memory_bytes=1 << 30, cpu_s=5, output_bytes=1 << 16)
for _ in range(64):
    os.write(1, bytes(4096))
"""
    out = tmp_path / "out"
    with out.open("wb") as stream:
        done = subprocess.run([sys.executable, "-I", "-c", code], stdout=stream, check=False)
    assert done.returncode != 0
    assert out.stat().st_size == 1 << 16


def test_a_loop_without_end_is_ended_by_the_processor_limit():
    code = f"""
import sys; sys.path.insert(0, {str(JAIL)!r})
import doors
doors.close_all(memory_bytes=1 << 30, cpu_s=1, output_bytes=1 << 16)
while True: pass
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], timeout=60, check=False)
    assert done.returncode < 0


def test_the_concat_trick_does_not_read_another_file(tmp_path):
    """A text that names a neighbour, handed to the child under each demuxer that we ever name."""
    (tmp_path / "secret.wav").write_bytes(b"RIFF")
    trick = tmp_path / "song.mp3"
    trick.write_text("ffconcat version 1.0\nfile secret.wav\n")
    for demuxer in ("mp3", "wav", "flac", "ogg", "mov", "aac", "aiff", "concat"):
        with trick.open("rb") as stream:
            done = subprocess.run(
                [sys.executable, "-I", str(JAIL / "child.py"), demuxer, "60"],
                stdin=stream, capture_output=True, cwd=tmp_path, check=False,
            )  # fmt: skip
        report = json.loads(done.stderr.decode().splitlines()[-1])
        assert (demuxer, report["frames"], done.stdout) == (demuxer, 0, b"")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a name to drop")
def test_root_becomes_nobody():
    code = f"""
import sys; sys.path.insert(0, {str(JAIL)!r})
import doors, os
doors._drop_root()
print(os.getresuid(), os.getresgid(), os.getgroups())
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "(65534, 65534, 65534) (65534, 65534, 65534) []"
