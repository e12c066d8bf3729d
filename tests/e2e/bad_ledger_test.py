#!/usr/bin/python3
"""A ledger that answers nonsense, slowly, or not at all, while real kioskd takes coins: every coin
is thanked and durable, kioskd lives and stays small, and once a real ledger is back all arrives."""

import pathlib
import socket
import ssl
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools.world.box import Box  # noqa: E402
from tools.world.ledger import DOMAIN, Ledger  # noqa: E402
from tools.world.process import Failure, wait_for  # noqa: E402

MOST_MEMORY_KB = 600 * 1024  # under sanitizers too; an endless answer kept would pass it at once
OK = b"HTTP/1.1 200 OK\r\ncontent-length: "


def silent(link):
    link.recv(65536)
    link.recv(65536)


def garbage(link):
    link.recv(65536)
    link.sendall(bytes(range(256)) * 20)


def truncated(link):
    link.recv(65536)
    link.sendall(OK + b"100\r\n\r\nhalf")


def endless(link):
    link.recv(65536)
    link.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        link.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def trickle(link):
    link.recv(65536)
    for byte in OK + b"100000\r\n\r\n" + b"x" * 1000:
        link.sendall(bytes([byte]))
        time.sleep(0.05)


def web_page(link):
    link.recv(65536)
    body = b"<html>It works!</html>"
    link.sendall(OK + str(len(body)).encode() + b"\r\ncontent-type: text/html\r\n\r\n" + body)


def conflict(link):
    link.recv(65536)
    link.sendall(b"HTTP/1.1 409 Conflict\r\ncontent-type: text/x.tlog.size\r\n"
                 b"content-length: 2\r\n\r\n0\n")


class FalseLedger:
    """Listens where the ledger should, with the ledger's own certificate, and misbehaves."""

    def __init__(self, port, keys, behave):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(keys / "server.crt", keys / "server.key")
        self.context = context
        self.behave = behave
        self.asked = 0
        self.links = []
        self.listener = socket.create_server(("127.0.0.1", port))
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(plain,), daemon=True).start()

    def talk(self, plain):
        try:
            with self.context.wrap_socket(plain, server_side=True) as link:
                self.links.append(link)
                self.asked += 1
                self.behave(link)
        except OSError:
            pass

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for link in self.links:
            link.close()


def memory_kb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise Failure("no VmRSS")


def main(bin_folder):
    with tempfile.TemporaryDirectory(prefix="yijuan-bad-ledger-") as folder:
        folder = pathlib.Path(folder)
        ledger = Ledger(bin_folder, folder / "ledger")
        box = Box(bin_folder, folder / "box", ledger.port)
        try:
            play(ledger, box)
        finally:
            box.stop()
            ledger.stop()


def play(ledger, box):
    ledger.sign_pack(box, ROOT / "config" / "campaign" / "sample.json")
    box.write_config()
    box.ctl("init", "--domain", DOMAIN)
    ledger.enrol(box)
    keys = ledger.folder / "data" / "keys"
    dropped = 0
    for behave in (silent, garbage, truncated, endless, trickle, web_page, conflict):
        false_ledger = FalseLedger(ledger.port, keys, behave)
        box.start()
        for _ in range(3):
            wait_for("a coin to be taken", lambda: box.drop("CN100A"), 60)
            dropped += 1
        wait_for(f"{behave.__name__}: the coins to be durable",
                 lambda: box.process.expect_running() or box.status().get("cash") == dropped)
        wait_for(f"{behave.__name__}: a word about the trouble",
                 lambda: box.status()["ledger"].get("trouble"), 120)
        box.process.expect_running()
        if memory_kb(box.process.pid) > MOST_MEMORY_KB:
            raise Failure(f"{behave.__name__}: kioskd grew to {memory_kb(box.process.pid)} kB")
        box.kill()  # what is durable is so without a farewell; and the next pause starts small
        false_ledger.close()
    box.start()
    ledger.start()
    wait_for("all entries at the ledger",
             lambda: box.process.expect_running() or box.status().get("unsynced") == 0, 700, 0.5)
    if box.status()["ledger"].get("alarm"):
        raise Failure(f"an alarm: {box.status()['ledger']['alarm']}")
    if len(box.coin.accepted()) != dropped:
        raise Failure("the acceptor took another number of coins")
    print(f"{dropped} coins under seven bad ledgers, all arrived")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
