"""The wire between a box and its ledger: it can be held in the middle of a batch, and cut there, or
lose the answer."""

import contextlib
import socket
import threading

from tools.world.process import wait_for

# More than any heartbeat has: so much after an answer is the middle of a batch.
WITHIN_A_BATCH = 20_000


class Wire:
    """Listens on `port` of this machine, and leads to the ledger's port."""

    def __init__(self, ledger_port):
        self.ledger_port = ledger_port
        self.batches = 0          # that were answered, and whose answer was passed on
        self.links = []
        self.hold_at = None       # as many, and the next is held
        self.held = threading.Event()
        self.gate = threading.Event()  # where it waits
        self.fate = None          # of a batch that was held: "cut" or "lose" its answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                box, _ = self.listener.accept()
                threading.Thread(target=self.connect, args=(box,), daemon=True).start()

    def connect(self, box):
        try:
            ledger = socket.create_connection(("127.0.0.1", self.ledger_port))
        except OSError:
            box.close()
            return
        link = Link(self, box, ledger)
        self.links.append(link)
        link.run()

    def hold(self, after):
        """When so many batches more have been answered, the next is held in its middle: then this
        returns, and nothing moves."""
        self.held.clear()
        self.gate = threading.Event()
        self.hold_at = self.batches + after
        wait_for("a batch to hold", self.held.is_set, 120)

    def release(self, fate=None):
        """The batch that is held goes on its way, or is cut ("cut"), or its answer is ("lose")."""
        self.fate = fate
        self.gate.set()

    def close(self):
        self.release()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for link in self.links:
            link.cut()


class Link:
    def __init__(self, wire, box, ledger):
        self.wire, self.box, self.ledger = wire, box, ledger
        self.burst = 0  # bytes sent since the last answer

    def run(self):
        threading.Thread(target=self.pump, args=(self.ledger, self.box, self.down),
                         daemon=True).start()
        self.pump(self.box, self.ledger, self.up)

    def pump(self, source, target, pass_on):
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                pass_on(data)
                target.sendall(data)
        self.cut()

    def up(self, data):
        self.burst += len(data)
        if self.burst < WITHIN_A_BATCH:
            return
        wire = self.wire
        if wire.hold_at is None or wire.batches < wire.hold_at:
            return
        wire.hold_at, gate = None, wire.gate
        wire.held.set()
        gate.wait()
        if wire.fate == "cut":
            raise OSError("cut")

    def down(self, _data):
        whole, self.burst = self.burst, 0
        if whole < WITHIN_A_BATCH:
            return
        fate, self.wire.fate = self.wire.fate, None
        if fate == "lose":
            raise OSError("lost")
        self.wire.batches += 1

    def cut(self):
        for end in (self.box, self.ledger):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
