"""What the world was told, taken from outside: pictures on the screen and slips of paper, whose
codes name the gift and its leaf, and what the ledger answered on the wire."""

import concurrent.futures
import json
import re
import socket
import ssl
import subprocess
import threading

from tools.world.process import Failure

# <verify_url>#v1.<origin>.<seq>.<leaf>.<secret>.<signature>
CODE = re.compile(r"#v1\.(\S+)\.(\d+)\.([\w-]{43})\.[\w-]{22}\.[\w-]{86}$")
NOTE = re.compile(r"(\S+/(?:box|office)/\S+)\n(\d+)\n(\S+)\n")


def read_code(picture):
    """The gift (origin, seq, leaf as in the code) of the slip code in a PNG; nothing without."""
    done = subprocess.run(["zbarimg", "-q", "--raw", picture], capture_output=True, text=True,
                          timeout=60, check=False)
    for line in done.stdout.splitlines():
        found = CODE.search(line)
        if found:
            return found.group(1), int(found.group(2)), found.group(3)
    return None


class Pictures:
    """A folder in which pictures appear, each whole. `look` often: a picture counts as shown when
    it was seen."""

    def __init__(self, folder, recorder, by):
        self.folder, self.recorder, self.by = folder, recorder, by
        self.seen = set()
        self.waiting = []
        # Read beside the run: a picture may be gone from its folder later.
        self.readers = concurrent.futures.ThreadPoolExecutor(1)

    def look(self, word=""):
        """How many new pictures there are with that word in their names."""
        names = {path.name for path in self.folder.glob("[0-9]*.png")} - self.seen
        position = self.recorder.disk.position()
        self.seen |= names
        fresh = sorted(names)
        self.waiting += [(position, self.readers.submit(read_code, self.folder / name))
                         for name in fresh]
        return sum(word in name for name in fresh)

    def tell(self):
        """Tells the recorder of every gift seen, the first time only."""
        self.readers.shutdown()
        gifts = {}
        for position, reading in self.waiting:
            code = reading.result()
            if code and code not in gifts:
                gifts[code] = position
        with self.recorder.lock:
            self.recorder.facts["told"] += [
                {"position": position, "by": self.by, "origin": origin, "gift": seq, "leaf": leaf}
                for (origin, seq, leaf), position in gifts.items()]
        return len(gifts)


class Wire:
    """Stands between a box and the ledger, with the certificates of both, and hears every answer.
    `asked(path)` before a request is passed on, `answered(path, status, body)` before the box has
    the answer, whether there was one or not (status 0)."""

    def __init__(self, ledger_port, ledger_keys, box, asked, answered):
        self.ledger_port = ledger_port
        self.asked, self.answered = asked, answered
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server.load_cert_chain(ledger_keys / "server.crt", ledger_keys / "server.key")
        identity = json.loads(box.identity.read_text(encoding="utf-8"))
        certificate = box.folder / "wire.crt"
        certificate.write_text(identity["certificate"], encoding="ascii")
        self.client = ssl.create_default_context(cadata=identity["authority"])
        self.client.load_cert_chain(certificate, box.data / "keys" / "tls.key")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.links = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            self.links.append(link)
            threading.Thread(target=self.pass_on, args=(link,), daemon=True).start()

    def pass_on(self, plain):
        try:
            with self.server.wrap_socket(plain, server_side=True) as box, \
                    socket.create_connection(("127.0.0.1", self.ledger_port)) as far, \
                    self.client.wrap_socket(far, server_hostname="localhost") as ledger, \
                    box.makefile("rb") as asking, ledger.makefile("rb") as answering:
                while request := read_message(asking):
                    self.exchange(request, box, ledger, answering)
        except OSError:
            pass  # either end left; the box tries again

    def exchange(self, request, box, ledger, answering):
        path = request[0].split()[1]
        self.asked(path)
        answer = None
        try:
            ledger.sendall(request[1])
            answer = read_message(answering)
        finally:
            status = int(answer[0].split()[1]) if answer else 0
            self.answered(path, status, answer[2] if answer else b"")
        if answer is None:
            raise OSError("the ledger left")
        box.sendall(answer[1])

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for link in self.links:
            link.close()


def read_message(stream):
    """The first line, all bytes and the body of an HTTP message with a length; None at the end."""
    head = stream.readline()
    if not head:
        return None
    lines, length = [head], 0
    while (line := stream.readline()).strip():
        lines.append(line)
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    body = stream.read(length)
    if not line or len(body) != length:
        return None
    return head.decode("latin-1"), b"".join(lines) + line + body, body


def note_of(body):
    """Origin, size, root (base64) and text of the checkpoint in the answer to a batch; Failure
    without one."""
    try:
        note = json.loads(body)["note"]
    except (ValueError, KeyError):
        note = ""
    found = NOTE.match(note)
    if not found:
        raise Failure(f"the ledger answered a batch without a checkpoint: {body[:200]!r}")
    return found.group(1), int(found.group(2)), found.group(3), note


def office_of(body):
    """Origin, size and root (base64) of the office's log in any answer; nothing without it."""
    try:
        found = NOTE.match(json.loads(body)["office"]["checkpoint"])
    except (ValueError, KeyError, TypeError):
        found = None
    return (found.group(1), int(found.group(2)), found.group(3)) if found else None
