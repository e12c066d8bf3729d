"""A TCP relay on the loopback that counts what passes: the bytes of TLS, handshakes included."""

import contextlib
import socket
import threading

LONGEST = 1 << 16


class Relay:
    """Between whoever connects to `port` and a server at `target` on this machine."""

    def __init__(self, target):
        self.target = target
        self.lock = threading.Lock()
        self.passed = 0
        self.sockets = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                self.sockets += [near, far]
                for here, there in ((near, far), (far, near)):
                    threading.Thread(target=self.pass_on, args=(here, there), daemon=True).start()

    def pass_on(self, here, there):
        with contextlib.suppress(OSError):
            while data := here.recv(LONGEST):
                with self.lock:
                    self.passed += len(data)
                there.sendall(data)
        with contextlib.suppress(OSError):
            there.shutdown(socket.SHUT_WR)

    def bytes(self):
        with self.lock:
            return self.passed

    def close(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for end in self.sockets:
            end.close()
