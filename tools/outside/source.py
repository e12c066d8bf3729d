"""Where a public log is read from: a folder, or a server over HTTP (src/ledger/public/public.md)."""

import http.client
import pathlib
import re
import ssl
import time
import urllib.parse

from .tlog import WIDTH, Key, Wrong, split_tile, tile_path

LONGEST = 16 << 20  # bytes of one answer
TRIES = 4
LOG_NAME = re.compile(r"box/[a-z0-9][a-z0-9-]{0,31}/[0-9a-f]{8}|office/[1-9][0-9]{0,18}")


class Unreachable(Exception):
    """The other side does not answer as it should; later it may."""


def name_of(origin):
    """A log's name there: its origin without the domain."""
    name = origin.partition("/")[2]
    if not LOG_NAME.fullmatch(name):
        raise Wrong(f"{origin!r} is no log's origin")
    return name


class Source:
    """`get(path)`: the bytes of a path, or None where there is nothing."""

    def text(self, path):
        raw = self.get(path)
        try:
            return None if raw is None else raw.decode("utf-8")
        except UnicodeDecodeError:
            raise Wrong(f"{path} is not text") from None

    def tile(self, log, level, index, width=WIDTH):
        """Its hashes. A partial tile that is gone is the beginning of the full one."""
        raw = self.get(f"{log}/{tile_path(level, index, width)}")
        if raw is None and width < WIDTH:
            raw = self.get(f"{log}/{tile_path(level, index)}")
            raw = None if raw is None else raw[:32 * width]
        if raw is None:
            raise Wrong(f"{log}/{tile_path(level, index, width)} is missing")
        return split_tile(raw, width)

    def keys(self):
        """The keys of all logs that are shown, by name."""
        text = self.text("logs")
        if text is None:
            raise Unreachable(f"{self}: there is no public log")
        keys = [Key(line) for line in text.splitlines()]
        if len({key.name for key in keys}) != len(keys):
            raise Wrong("a log is listed twice")
        return {name_of(key.name): key for key in keys}


class Folder(Source):
    def __init__(self, root):
        self.root = pathlib.Path(root)

    def __str__(self):
        return str(self.root)

    def get(self, path):
        try:
            return (self.root / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None


class Server(Source):
    def __init__(self, url, authority=None, token=None):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Wrong(f"{url!r} is no http or https address")
        self.url, self.parts, self.prefix = url, parts, parts.path.rstrip("/")
        self.tls = ssl.create_default_context(cafile=authority) if parts.scheme == "https" else None
        self.fields = {"authorization": f"Bearer {token}"} if token else {}
        self.link = None

    def __str__(self):
        return self.url

    def connect(self):
        host, port = self.parts.hostname, self.parts.port
        if self.tls:
            return http.client.HTTPSConnection(host, port, timeout=30, context=self.tls)
        return http.client.HTTPConnection(host, port, timeout=30)

    def ask(self, path):
        """Status and body; one connection for all."""
        self.link = self.link or self.connect()
        self.link.request("GET", f"{self.prefix}/{path}", headers=self.fields)
        answer = self.link.getresponse()
        body = answer.read(LONGEST + 1)
        if len(body) > LONGEST:
            raise Wrong(f"{path} is longer than {LONGEST} bytes")
        return answer.status, body

    def get(self, path):
        why = "no answer"
        for attempt in range(TRIES):
            try:
                status, body = self.ask(path)
                if status == 200:
                    return body
                if status == 404:
                    return None
                why = f"status {status}"
                if status < 500 and status != 429:
                    break
            except (OSError, http.client.HTTPException) as error:
                why = str(error) or type(error).__name__
                self.link = None
            if attempt + 1 < TRIES:
                time.sleep(0.2 * 4 ** attempt)
        raise Unreachable(f"{self.url}: {path}: {why}")


def source_of(place, authority=None, token=None):
    if re.match(r"https?://", str(place)):
        return Server(str(place), authority, token)
    return Folder(place)
