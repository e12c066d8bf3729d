"""Devices made of bytes, for what no honest simulator says: a serial line and a TCP port whose
other end answers by what a test makes of each request, ccTalk devices to begin from, and ways to
spoil their answers."""

import os
import select
import socket
import threading
import tty

HOST = 1


def frame(header, data=b"", to=HOST, sender=2):
    """A ccTalk frame with the plain checksum: all its bytes sum to zero."""
    body = bytes([to, len(data), sender, header]) + data
    return body + bytes([-sum(body) % 256])


class Peer:
    """The other end of a byte stream, served by a thread. `flood` is written again and again
    meanwhile, as fast as it is taken."""

    PATIENCE = 0.02  # seconds between two looks for something new to do

    def __init__(self):
        self.flood = b""
        self.flooded = 0  # bytes of it that were taken
        self.ended = False
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def serve(self):
        raise NotImplementedError

    def pump(self, number, took):
        """Hands what arrives at the descriptor to `took` until it closes."""
        while not self.ended:
            wanted = [number] if self.flood else []
            readable, writable, _ = select.select([number], wanted, [], self.PATIENCE)
            if writable:
                self.flooded += self.write_some(number, self.flood)
            if readable:
                data = os.read(number, 4096)
                if not data:
                    return
                took(data)

    def write_some(self, number, data):
        try:
            return os.write(number, data)
        except BlockingIOError:
            return 0

    def write_all(self, number, data):
        """All of it, unless nobody takes it for a while: then it is lost, as on a wire."""
        while data and not self.ended and select.select([], [number], [], 1)[1]:
            data = data[self.write_some(number, data):]

    def close(self):
        self.ended = True
        self.thread.join(10)


class Line(Peer):
    """A ccTalk line: echoes, as a one-wire line does, and answers each request by what `reply`
    makes of it."""

    def __init__(self, link):
        super().__init__()
        self.link = link
        self.master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(self.master, False)
        self.slave = slave  # held, so that the line stays when nobody else has it open
        self.plug()
        self.reply = lambda header, data: b""
        self.requests = 0
        self.pending = b""
        self.thread.start()

    def plug(self):
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(os.ttyname(self.slave))

    def unplug(self):
        """Its name goes away: a port that does not exist."""
        self.link.unlink()

    def serve(self):
        self.pump(self.master, self.take)

    def take(self, got):
        self.write(got)
        self.pending += got
        while len(self.pending) >= 5 and len(self.pending) >= 5 + self.pending[1]:
            size = 5 + self.pending[1]
            request, self.pending = self.pending[:size], self.pending[size:]
            self.requests += 1
            self.write(self.reply(request[3], request[4:-1]))

    def write(self, data):
        self.write_all(self.master, data)

    def close(self):
        super().close()
        os.close(self.slave)
        os.close(self.master)


class Acceptor:
    """Answers as a coin acceptor does that never saw a coin, until it is told to lie."""

    ADDRESS = 2
    EVENTS, IDENTITY = 229, 184  # headers
    TEXTS = {246: b"YJ-TEST", 245: b"Coin Acceptor", 244: b"TST", 241: b"TEST-1.0", 192: b"1"}
    IDS = {1: b"CN100A", 2: b"CN100B", 3: b"CN050A", 4: b"CN010A"}
    NO_ID = b"......"

    def __init__(self):
        self.counter = 0
        self.events = bytes(10)
        self.mask = b"\0\0"
        self.master = b"\0"
        self.spoil = lambda answer: answer

    def __call__(self, header, data):
        return self.spoil(self.frame(self.answer(header, data)))

    def frame(self, data):
        return frame(0, data, sender=self.ADDRESS)

    def event(self, first, second):
        """One more event, the newest first; five are kept."""
        self.events = (bytes((first, second)) + self.events)[:10]
        self.counter = self.counter % 255 + 1

    def answer(self, header, data):
        if header in self.TEXTS:
            return self.TEXTS[header]
        if header == 231:
            self.mask = data
        if header == 228:
            self.master = data
        known = {242: bytes((1, 2, 3)), 232: b"\0", 249: bytes((2, 20)), 230: self.mask,
                 227: self.master, self.EVENTS: bytes([self.counter]) + self.events,
                 self.IDENTITY: self.IDS.get(data[0] if data else 0, self.NO_ID)}
        return known.get(header, b"")


class Validator(Acceptor):
    """The same of a bill validator; a note that it holds is stacked when the box says so."""

    ADDRESS = 40
    EVENTS, IDENTITY = 159, 157
    ROUTE, SCALE, MODE = 154, 156, 152
    TEXTS = {**Acceptor.TEXTS, 245: b"Bill Validator"}
    IDS = {1: b"CN0001A", 2: b"CN0005A", 3: b"CN0010A"}
    NO_ID = b"......."

    def __init__(self):
        super().__init__()
        self.held = 0

    def hold(self, position):
        self.held = position
        self.event(position, 1)

    def answer(self, header, data):
        if header == self.ROUTE and self.held and data[:1] == b"\1":
            self.event(self.held, 0)
            self.held = 0
            return b""
        if header in (self.SCALE, self.MODE):
            return {self.SCALE: bytes((100, 0, 2)), self.MODE: b"\3"}[header]
        return super().answer(header, data)


def spoilers(chance, address):
    """Every way to spoil an answer of the ccTalk device of that address."""
    def noise():
        return chance.randbytes(chance.randrange(1, 64))

    def truncated(answer):
        return answer[:chance.randrange(len(answer))]

    def wrong_checksum(answer):
        return answer[:-1] + bytes([answer[-1] ^ (1 << chance.randrange(8))])

    def of_another_device(answer):
        return frame(answer[3], answer[4:-1], sender=address + 1)

    def for_another_host(answer):
        return frame(answer[3], answer[4:-1], to=77, sender=address)

    def too_long(answer):
        return bytes([answer[0], 255]) + answer[2:]

    def in_noise(answer):
        return noise() + answer[:-1]

    return truncated, wrong_checksum, of_another_device, for_another_host, too_long, in_noise


class Port(Peer):
    """A TCP port: everything that comes is handed to `reply`, whose answer goes back. One client at
    a time, as printers have it."""

    def __init__(self):
        super().__init__()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(self.PATIENCE)
        self.number = self.listener.getsockname()[1]
        self.reply = lambda data: b""
        self.clients = 0   # connections so far
        self.relay = None  # the port of a true device that is behind this one from now on
        self.thread.start()

    def serve(self):
        while not self.ended:
            try:
                client, _ = self.listener.accept()
            except TimeoutError:
                continue
            self.clients += 1
            client.setblocking(False)
            with client:
                try:
                    self.attend(client)
                except OSError:
                    pass  # it hung up

    def attend(self, client):
        if self.relay is not None:
            return self.pass_on(client)
        return self.pump(client.fileno(),
                         lambda data: self.write_all(client.fileno(), self.reply(data)))

    def pass_on(self, client):
        with socket.create_connection(("127.0.0.1", self.relay)) as device:
            while not self.ended:
                for ready in select.select([client, device], [], [], self.PATIENCE)[0]:
                    data = ready.recv(4096)
                    if not data:
                        return
                    self.write_all((device if ready is client else client).fileno(), data)

    def close(self):
        super().close()
        self.listener.close()
