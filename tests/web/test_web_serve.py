"""The page as `consonance serve` runs it: gunicorn, one process, ended by a signal."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def answer(address: str, host: str) -> tuple[int, str]:
    request = urllib.request.Request(address, headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_serve_answers_until_it_is_told_to_end(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "singer", "--home", str(tmp_path / "home"), "serve", "--port", str(port)]
    address = f"http://127.0.0.1:{port}/voices"
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            give_up_s = time.monotonic() + 90
            while True:
                try:
                    status, text = answer(address, f"localhost:{port}")
                    break
                except urllib.error.URLError:
                    assert process.poll() is None, "the server ended"
                    assert time.monotonic() < give_up_s, "the server does not answer"
                    time.sleep(0.2)
            assert status == 200 and "Hitsune Kumi" in text and "Imagawa Yuki" in text
            assert answer(address, "elsewhere.example")[0] == 400
        finally:
            process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=30)[0]
    assert f"http://127.0.0.1:{port}/" in said


@pytest.mark.parametrize(("host", "bound"), [("127.0.0.1", "127.0.0.1:8000"), ("::1", "[::1]:8000")])
def test_addresses_are_written_as_gunicorn_reads_them(host: str, bound: str) -> None:
    from web.serve import gunicorn_options

    options = gunicorn_options(host, 8000)
    assert options[options.index("--bind") + 1] == bound
    assert options[options.index("--workers") + 1] == "1"
