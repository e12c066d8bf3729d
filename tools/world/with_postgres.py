#!/usr/bin/python3
"""Runs a program beside a PostgreSQL server of its own, started before and removed after it, and
ends as the program does: with_postgres.py [--set NAME=VALUE]... PROGRAM [ARGUMENTS...]. Settings are
the server's.

The program finds the server in YIJUAN_TEST_POSTGRES, as libpq takes it."""

import os
import pathlib
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tools.world.postgres import Postgres  # noqa: E402


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    arguments, settings = sys.argv[1:], {}
    while arguments[0] == "--set":
        name, value = arguments[1].split("=", 1)
        settings[name] = value
        arguments = arguments[2:]
    with Postgres(**settings) as server:
        environment = {**os.environ, "YIJUAN_TEST_POSTGRES": server.where()}
        child = subprocess.Popen(arguments, env=environment)
        try:
            return child.wait()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()


if __name__ == "__main__":
    sys.exit(main())
