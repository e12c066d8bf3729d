"""Programs that this one starts, and ends: each by its own process id."""

import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import time


class Failure(Exception):
    """What happened, where, and where to look."""


class Process:
    """A running program whose output goes to a file."""

    def __init__(self, arguments, log, env=None):
        self.arguments = [str(a) for a in arguments]
        self.log = pathlib.Path(log)
        with open(self.log, "ab") as out:
            self.popen = subprocess.Popen(self.arguments, stdin=subprocess.DEVNULL, stdout=out,
                                          stderr=out, env={**os.environ, **(env or {})})

    @property
    def pid(self):
        return self.popen.pid

    def running(self):
        return self.popen.poll() is None

    def expect_running(self):
        if not self.running():
            name = pathlib.Path(self.arguments[0]).name
            tail = self.log.read_text(errors="replace")[-2000:]
            raise Failure(f"{name} ended with {self.popen.returncode}; {self.log} says:\n{tail}")

    def stop(self, timeout=20):
        """Asks it to end, then insists."""
        if self.running():
            self.popen.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self.popen.wait(timeout)
            self.kill()
        return self.popen.returncode

    def kill(self):
        if self.running():
            self.popen.kill()
        return self.popen.wait()


def run(*arguments, env=None, check=True):
    """A command that ends by itself; its output."""
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True,
                          env={**os.environ, **(env or {})}, timeout=120, check=False)
    if check and done.returncode != 0:
        raise Failure(f"{' '.join(map(str, arguments))} ended with {done.returncode}:\n"
                      f"{done.stdout}{done.stderr}")
    return done.stdout


def run_json(*arguments, **options):
    text = run(*arguments, **options)
    try:
        return json.loads(text)
    except ValueError as error:
        raise Failure(f"{' '.join(map(str, arguments))} did not print JSON: {error}\n{text[:500]}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition, timeout=30.0, interval=0.05):
    """Waits until `condition()` is true; its value. The time-out only ends a test that hangs."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failure(f"waited {timeout:.0f} s for {what}")
        time.sleep(interval)


class Control:
    """The control socket of a simulated device: a line out, a line back."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.stream = None

    def close(self):
        if self.stream is not None:
            self.stream.close()
            self.stream = None

    def connect(self):
        if self.stream is None:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(30)
                connection.connect(str(self.path))
                self.stream = connection.makefile("rw", encoding="utf-8", newline="\n")
        return self.stream

    def ask(self, line):
        stream = self.connect()
        stream.write(line + "\n")
        stream.flush()
        answer = stream.readline()
        if not answer:
            raise Failure(f"{self.path.name}: no answer to: {line}")
        return answer.strip()
