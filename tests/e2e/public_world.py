"""A public log made by the tests themselves, and a server that shows a folder and can be told to
misbehave: what tools/mirror and tools/audit meet when a ledger is hostile."""

import base64
import contextlib
import http.server
import pathlib
import subprocess
import sys
import threading

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from street import ROOT

sys.path.insert(0, str(ROOT / "tools"))
from outside.tlog import Edge, leaf_hash, sha256, tile_path, tiles_of  # noqa: E402

MIRROR = ROOT / "tools" / "mirror"


def call_mirror(url, folder, *options):
    """Exit status, and all that it said."""
    done = subprocess.run([MIRROR, url, folder, *options], capture_output=True, text=True,
                          timeout=300, check=False)
    return done.returncode, done.stdout + done.stderr


class Signer:
    def __init__(self, name, kind, number):
        self.name, self.kind = name, kind
        self.secret = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        public = self.secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        raw = bytes([kind]) + public
        self.id = sha256(name.encode(), b"\n", raw)[:4]
        self.vkey = f"{name}+{self.id.hex()}+{base64.b64encode(raw).decode()}"

    def line(self, text, time=1_800_000_000):
        message, stamp = text.encode(), b""
        if self.kind == 4:
            message = b"cosignature/v1\ntime %d\n" % time + message
            stamp = time.to_bytes(8, "big")
        blob = self.id + stamp + self.secret.sign(message)
        return f"\u2014 {self.name} {base64.b64encode(blob).decode()}\n"


class MadeLog:
    """A log of numbered leaves, written into a public folder at any size."""

    def __init__(self, root, name="box/market-01/0123abcd", number=1, salt=""):
        self.root, self.name, self.salt = pathlib.Path(root), name, salt
        self.key = Signer(f"ledger.example/{name}", 1, number)
        self.cosigner = Signer("ledger.example/cosigner", 4, 99)

    def leaves(self, first, size):
        return [leaf_hash(f"{self.salt if at >= 200 else ''}{at}".encode())
                for at in range(first, size)]

    def edge(self, size, each=lambda level, index, row: None):
        edge = Edge()
        for first in range(0, size, 256):
            for level, index, row in edge.append_tile(self.leaves(first, min(size, first + 256))):
                each(level, index, row)
        return edge

    def checkpoint(self, size, root=None):
        root = self.edge(size).root() if root is None else root
        text = f"{self.key.name}\n{size}\n{base64.b64encode(root).decode()}\n"
        return text + "\n" + self.key.line(text) + self.cosigner.line(text)

    def put(self, path, content):
        path = self.root / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def publish(self, size):
        edge = self.edge(size, lambda level, index, row:
                         self.put(f"{self.name}/{tile_path(level, index)}", b"".join(row)))
        for level, index, width in tiles_of(size):
            if width < 256:
                self.put(f"{self.name}/{tile_path(level, index, width)}", b"".join(edge.rows[level]))
        self.put(f"{self.name}/checkpoint", self.checkpoint(size, edge.root()))
        self.put("logs", self.key.vkey + "\n")
        return edge.root()


class Handler(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        self.server.asked.append(self.path)
        if len(self.server.asked) > self.server.dies_after:
            self.close_connection = True
            self.connection.close()
            return
        super().do_GET()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def served(folder):
    """A server of a folder; `asked` lists what it was asked for, `dies_after` cuts it short."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *arguments: Handler(*arguments, directory=str(folder)))
    server.asked, server.dies_after = [], 10 ** 9
    server.daemon_threads = True
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
