"""A box of the test's own making, with real keys and a real log, that can be made to send anything."""

import base64
import contextlib
import datetime
import json
import pathlib
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from street import BIN, DOMAIN, ROOT
from tools.world.process import run

sys.path.insert(0, str(ROOT / "tools"))
from outside.tlog import Key, Tree, leaf_hash  # noqa: E402

BATCH = "application/vnd.yijuan.batch+zstd"
RAW_BLOCK = 128 * 1024 - 1


def frame(content, stated=None):
    """A zstd frame of raw blocks (RFC 8878), which states this size, or another one."""
    stated = len(content) if stated is None else stated
    out = b"\x28\xb5\x2f\xfd" + bytes([0xe0]) + stated.to_bytes(8, "little")
    blocks = [content[at:at + RAW_BLOCK] for at in range(0, len(content), RAW_BLOCK)] or [b""]
    for number, block in enumerate(blocks, 1):
        out += (len(block) << 3 | (number == len(blocks))).to_bytes(3, "little") + block
    return out


def packed_by_zstd(content, stated=True):
    """A frame as the zstd command makes it; from a pipe it states no size."""
    size = [f"--stream-size={len(content)}"] if stated else []
    return subprocess.run(["zstd", "-q", "-3", *size], input=content, capture_output=True,
                          check=True).stdout


class HostileBox:
    """`box_id` is enrolled at the ledger by its own request; its log has `entries` entries."""

    def __init__(self, ledger, folder, box_id, entries=40):
        self.ledger, self.folder, self.id = ledger, folder / box_id, box_id
        self.data = self.folder / "data"
        self.identity = self.folder / "identity.json"
        self.folder.mkdir()
        self.make_keys()
        seed = (self.data / "keys" / "log.key").read_text().split()[1]
        self.secret = Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed))
        request = json.loads((self.data / "request.json").read_text())
        self.origin, self.key = request["origin"], Key(request["log"])
        journal = self.folder / "made.db"
        run(BIN / "fill_journal", journal, "--origin", self.origin, "--key", request["log"],
            "--entries", entries)
        with contextlib.closing(sqlite3.connect(journal)) as db:
            self.lines = [bytes(row[0]) if isinstance(row[0], bytes) else row[0].encode() for row in
                          db.execute("SELECT line FROM entry ORDER BY seq")]

    def make_keys(self, *options):
        """Its keys, and its enrolment; again if it has some."""
        config = self.folder / "kiosk.toml"
        sample = (ROOT / "config" / "kiosk.toml").read_text(encoding="utf-8")
        config.write_text(sample.replace('"/var/lib/yijuan/box"', f'"{self.data}"')
                          .replace('"box-01"', f'"{self.id}"'), encoding="utf-8")
        shutil.rmtree(self.data, ignore_errors=True)
        run(BIN / "boxctl", "--config", config, "init", "--domain", DOMAIN)
        self.ledger.ctl("box", "add", self.id, "--request", self.data / "request.json", "--out",
                        self.identity, *options)
        identity = json.loads(self.identity.read_text())
        self.certificate = self.folder / "tls.crt"
        self.certificate.write_text(identity["certificate"])
        self.authority = self.folder / "ca.crt"
        self.authority.write_text(identity["authority"])
        self.tls_key = self.data / "keys" / "tls.key"

    def note(self, origin, size, root, signer=None):
        text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        signature = self.key.id + (signer or self.secret).sign(text.encode())
        return f"{text}\n\u2014 {origin} {base64.b64encode(signature).decode()}\n".encode()

    def root(self, lines):
        tree = Tree()
        for line in lines:
            tree.append(leaf_hash(line))
        return tree.root()

    def batch(self, first=0, end=None, **changes):
        """The text of a batch; `changes`: its magic, origin, lines, checkpoint, cosigned, numbers."""
        end = len(self.lines) if end is None else end
        lines = changes.get("lines", self.lines[first:end])
        origin = changes.get("origin", self.origin)
        checkpoint = changes.get("checkpoint", self.note(origin, end, self.root(
            self.lines[:first] + lines)))
        cosigned = changes.get("cosigned", b"")
        numbers = changes.get("numbers", f"{first} {len(lines)} {len(checkpoint)} "
                                         f"{len(cosigned)} 0")
        head = f"{changes.get('magic', 'yijuan-batch-v2')}\n{origin}\n{numbers}\n".encode()
        return head + b"".join(line + b"\n" for line in lines) + checkpoint + cosigned

    def context(self, certificate=None, key=None):
        context = ssl.create_default_context(cafile=self.authority)
        context.load_cert_chain(certificate or self.certificate, key or self.tls_key)
        return context

    def connect(self, context=None, receive_buffer=None):
        plain = socket.socket()
        if receive_buffer:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.settimeout(60)  # only ends a test that hangs
        plain.connect(("127.0.0.1", self.ledger.port))
        return (context or self.context()).wrap_socket(plain, server_hostname="localhost")

    def ask(self, body, path="/v2/batch", content_type=BATCH, link=None, method="POST", **fields):
        """Status, headers and body of the answer; over a connection that stays open, if given."""
        own = link or self.connect()
        try:
            own.sendall(request(body, path, content_type, method, **fields))
            return answer(own)
        finally:
            if link is None:
                own.close()


def request(body, path="/v2/batch", content_type=BATCH, method="POST", **fields):
    head = f"{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {content_type}\r\n"
    for name, value in fields.items():
        head += f"{name.replace('_', '-')}: {value}\r\n"
    return head.encode() + f"content-length: {len(body)}\r\n\r\n".encode() + body


def answer(link):
    """Status and body of the answer."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = link.recv(65536)
        if not more:
            raise ConnectionError("no answer")
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length:"))
    while len(body) < length:
        body += link.recv(65536)
    return int(lines[0].split()[1]), body.decode(errors="replace")


def certificate(folder, name, box_id, issuer=None, begins=-1, ends=1, usage="client",
                key=None):
    """A certificate that names a box, of a key made here or of `key`, in files; `issuer`: certificate
    and key of an authority, else it signs itself. `begins`, `ends`: days from now."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, box_id)])
    authority, authority_key = issuer or (None, key)
    usages = {"client": x509.ExtendedKeyUsageOID.CLIENT_AUTH,
              "server": x509.ExtendedKeyUsageOID.SERVER_AUTH}
    builder = (x509.CertificateBuilder().subject_name(subject)
               .issuer_name(authority.subject if authority else subject)
               .public_key(key.public_key()).serial_number(x509.random_serial_number())
               .not_valid_before(now + datetime.timedelta(days=begins))
               .not_valid_after(now + datetime.timedelta(days=ends))
               .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
               .add_extension(x509.ExtendedKeyUsage([usages[usage]]), critical=False)
               .add_extension(x509.SubjectAlternativeName(
                   [x509.UniformResourceIdentifier(f"urn:yijuan:box:{box_id}")]), critical=False))
    made = builder.sign(authority_key, hashes.SHA256())
    files = folder / f"{name}.crt", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM,
                                           serialization.PrivateFormat.PKCS8,
                                           serialization.NoEncryption()))
    return files


def authority(folder):
    """Certificate and key of an authority, from files."""
    key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), None)
    return x509.load_pem_x509_certificate((folder / "ca.crt").read_bytes()), key


def another_authority():
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "一捐 ledger.example")])
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256()))
    return made, key


def most_memory_kb(pid):
    """What a process ever had of the machine's memory."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
