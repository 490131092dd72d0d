"""Many callers at once, HTTP itself, and the process around the stand-ins."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.sandbox import developer_token

NAMES = ["apple_music", "shazam", "platoon", "stripe"]


def test_forty_callers_at_once_are_answered_while_one_is_slow(apple):
    apple.fail("slow", delay_s=2, path="/v1/storefronts/jp")
    headers = {"authorization": f"Bearer {developer_token()}"}
    slow = threading.Thread(
        target=lambda: httpx.get(f"{apple.url}/v1/storefronts/jp", headers=headers, timeout=10)
    )
    slow.start()

    start = time.monotonic()
    with ThreadPoolExecutor(40) as pool:
        statuses = list(
            pool.map(
                lambda _: (
                    httpx.get(
                        f"{apple.url}/v1/storefronts/gb", headers=headers, timeout=10
                    ).status_code
                ),
                range(40),
            )
        )
    took = time.monotonic() - start
    slow.join(timeout=10)

    assert statuses == [200] * 40
    assert took < 10
    numbers = [entry["number"] for entry in apple.journal()]
    assert numbers == list(range(1, 42))


def test_a_fault_for_n_calls_hits_exactly_n_of_many_at_once(apple):
    apple.fail("500", times=7)
    headers = {"authorization": f"Bearer {developer_token()}"}

    with ThreadPoolExecutor(20) as pool:
        statuses = list(
            pool.map(
                lambda _: (
                    httpx.get(
                        f"{apple.url}/v1/storefronts/gb", headers=headers, timeout=10
                    ).status_code
                ),
                range(30),
            )
        )

    assert statuses.count(500) == 7
    assert statuses.count(200) == 23


def test_a_connection_is_used_again(apple, get):
    host, port = apple.url.removeprefix("http://").split(":")
    head = f"GET /v1/storefronts/gb HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {developer_token()}\r\n\r\n".encode()
    with socket.create_connection((host, int(port)), timeout=5) as line:
        for _ in range(2):
            line.sendall(head)
            answer = b""
            while b"supportedLanguageTags" not in answer or not answer.endswith(b"}"):
                answer += line.recv(4096)
            assert answer.startswith(b"HTTP/1.1 200")


def test_head_describes_without_a_body(apple):
    headers = {"authorization": f"Bearer {developer_token()}"}
    answer = apple.http.head(f"{apple.url}/v1/storefronts/gb", headers=headers)

    assert answer.status_code == 405
    assert answer.content == b""


def test_a_body_of_unknown_length_is_refused(apple):
    answer = apple.http.post(f"{apple.url}/v1/storefronts/gb", content=iter([b"a", b"b"]))

    assert answer.status_code == 413
    assert apple.journal() == []


def test_the_process_ends_on_sigterm_and_names_a_taken_port():
    command = [sys.executable, "-m", "config.sandbox", "--port"]
    first = subprocess.Popen([*command, "8755"], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        lines = [first.stdout.readline().split() for _ in range(4)]
        assert lines == [
            [name, f"http://127.0.0.1:{8755 + place}"] for place, name in enumerate(NAMES)
        ]
        second = subprocess.run([*command, "8755"], capture_output=True, text=True, check=False)
        assert second.returncode == 1
        assert "cannot listen from port 8755 on" in second.stderr
    finally:
        first.send_signal(signal.SIGTERM)
        assert first.wait(timeout=10) == 0
        assert first.stdout is not None
        first.stdout.close()


def test_the_command_becomes_the_stand_ins_process():
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sandbox", "--port", "0"],
        env={**os.environ, "DEBUG": "1", "DJANGO_SETTINGS_MODULE": "config.settings"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        name, url = process.stdout.readline().split()
        assert name == "apple_music"
        assert httpx.get(f"{url}/_sandbox/health", timeout=5).json()["ok"] is True
    finally:
        process.terminate()
        assert process.wait(timeout=10) == 0
        assert process.stdout is not None
        process.stdout.close()


def test_the_process_holds_nothing_of_the_product_and_no_django():
    program = (
        "import sys, config.sandbox.runner; "
        "print(sorted(n for n in sys.modules if n.split('.')[0] in "
        "('django', 'accounts', 'library', 'rights', 'generation', 'distribution') "
        "or n.startswith('config.') and not n.startswith('config.sandbox')))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "[]"


def test_product_and_stand_ins_agree_on_the_order_of_ports(settings):
    from config import partners
    from config.sandbox.runner import FIRST_PORT, SERVICES

    assert tuple(service.name for service in SERVICES) == partners.STAND_INS
    assert settings.SANDBOX_PORT == FIRST_PORT
