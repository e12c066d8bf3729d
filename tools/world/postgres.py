"""A PostgreSQL server of one's own: in a folder of its own, on loopback, as an unprivileged user,
with its durability as shipped (fsync on). Gone with the process that started it."""

import contextlib
import ctypes
import os
import pathlib
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time

from .process import Failure, free_port, wait_for

USERS = ("postgres", "nobody")  # whoever of them is there, if this runs as root
PR_SET_PDEATHSIG = 1
STARTS = 5  # a port that was free may be taken by another before the server has it


def program_folder():
    """Where Debian keeps initdb and postgres, of the newest version installed."""
    folders = [path.parent for path in pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if not folders:
        raise Failure("no PostgreSQL server is installed: tools/setup")
    return max(folders, key=lambda folder: float(folder.parent.name))


def unprivileged():
    """How subprocess starts a program as somebody without rights; as we are, if we have none."""
    if os.geteuid() != 0:
        return {}
    for name in USERS:
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise Failure("there is no user to run PostgreSQL as")


def end_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


class Postgres:
    """A server with the database `ledger`, owned by `ledger`, who logs in with a password that
    stands in a file of its own (libpq's passfile)."""

    def __init__(self, **settings):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="yijuan-pg-", dir="/tmp"))
        self.bin = program_folder()
        # After a crash the server first syncs all its files: by one call, not by one for each.
        self.settings = {"max_connections": 60, "shared_buffers": "64MB", "log_line_prefix": "%m ",
                         "recovery_init_sync_method": "syncfs",
                         "unix_socket_directories": self.folder, **settings}
        self.who = unprivileged()
        self.port = None
        self.process = None
        password = secrets.token_hex(16)
        self.passfile = self.folder / "pgpass"
        self.passfile.write_text(f"*:*:*:*:{password}\n")
        self.passfile.chmod(0o600)
        own = self.folder / "password"
        own.write_text(password + "\n")
        if self.who:
            for path in (self.folder, own):
                os.chown(path, self.who["user"], self.who["group"])
        self.run("initdb", "--pgdata", self.data, "--username", "ledger", "--pwfile", own,
                 "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        own.unlink()

    @property
    def data(self):
        return self.folder / "data"

    @property
    def log(self):
        return self.folder / "server.log"

    def run(self, program, *arguments):
        done = subprocess.run([str(self.bin / program), *map(str, arguments)], cwd=self.folder,
                              capture_output=True, text=True, timeout=120, check=False, **self.who)
        if done.returncode != 0:
            raise Failure(f"{program} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def where(self, port=None, database="ledger", **more):
        """What libpq connects with; there is no password in it."""
        words = {"host": "127.0.0.1", "port": port or self.port, "user": "ledger",
                 "dbname": database, "passfile": self.passfile, "sslmode": "disable",
                 "gssencmode": "disable", **more}
        return " ".join(f"{key}={value}" for key, value in words.items())

    def start(self):
        for _ in range(STARTS):
            self.port = self.port or free_port()
            if self.try_start():
                break
            self.port = None
        else:
            raise Failure(f"PostgreSQL does not start:\n{self.said()}")
        if not self.ask("SELECT 1 FROM pg_database WHERE datname = 'ledger'", "postgres"):
            self.ask("CREATE DATABASE ledger", "postgres")

    def try_start(self):
        settings = {"port": self.port, "listen_addresses": "127.0.0.1", **self.settings}
        words = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(
                [str(self.bin / "postgres"), "-D", str(self.data), *words], cwd=self.folder,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=end_with_parent,
                **self.who)

        def up():
            return self.process.poll() is not None or self.answers()
        wait_for("PostgreSQL", up, 60)
        return self.process.poll() is None

    def answers(self):
        with contextlib.suppress(Failure):
            return self.ask("SELECT 1", "postgres") == "1"
        return False

    def ask(self, sql, database="ledger"):
        """The answer as text, columns apart by '|'."""
        done = subprocess.run([str(self.bin / "psql"), "--no-psqlrc", "-v", "ON_ERROR_STOP=1",
                               "-Atc", sql, self.where(database=database)],
                              capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise Failure(f"{sql}: {done.stderr}")
        return done.stdout.strip()

    def said(self):
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    def processes(self):
        """The server's processes, itself first."""
        if self.process is None or self.process.poll() is not None:
            return []
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid, *map(int, children.read_text().split())]

    def kill(self):
        """As a crash: every process at once, without a word."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process:
            self.process.wait()
            self.process = None

    def stop(self):
        """In order, though somebody may be connected; insists after a while."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(30)
        self.kill()

    def remove(self):
        self.stop()
        for _ in range(20):  # orphans of a killed server end by themselves when they see it
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                return
            time.sleep(0.1)
        raise Failure(f"{self.folder} cannot be removed")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.remove()
