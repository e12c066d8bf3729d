#!/usr/bin/python3
"""Runs a program beside a PostgreSQL server of its own, started before and removed after it, and
ends as the program does: with_postgres.py PROGRAM [ARGUMENTS...].

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
    with Postgres() as server:
        environment = {**os.environ, "YIJUAN_TEST_POSTGRES": server.where()}
        child = subprocess.Popen(sys.argv[1:], env=environment)
        try:
            return child.wait()
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()


if __name__ == "__main__":
    sys.exit(main())
