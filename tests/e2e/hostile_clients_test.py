#!/usr/bin/python3
"""Whoever can reach ledgerd's port, with no certificate, with another's, or with a box's own: what they
send is refused with a reason, told once and not a thousand times, alarmed where it matters; nothing
of it is stored; memory stays bounded; and an honest box beside them goes on as if they were not."""

import contextlib
import gzip
import os
import socket
import ssl
import zlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hostile_box import (HostileBox, another_authority, authority, certificate, frame, most_memory_kb,
                         packed_by_zstd, request)
from street import StreetTest, audit, main, wait_for

REPEATS = 15            # of everything; a thousand: ledger.ApiSyncRefusalsTest.AThousandRequests…
CONNECTIONS = 48
BATCHES_IN_HAND = 4
# As config/ledger.toml says it: what ledgerd may need, in kB.
LARGEST = 80_000 + CONNECTIONS * 1_200 + BATCHES_IN_HAND * 8_000


class HostileClients(StreetTest):
    def setUp(self):
        super().setUp()
        config = self.ledger.config.read_text(encoding="utf-8")
        self.ledger.config.write_text(config.replace("[boxes]\n", f"""[boxes]
connections = {CONNECTIONS}
batches_in_hand = {BATCHES_IN_HAND}
handshake_ms = 1500
request_ms = 2500
"""), encoding="utf-8")
        self.ledger.start()
        self.mallory = HostileBox(self.ledger, self.folder, "mallory-01")
        self.box.start()
        self.wait_accepting()
        self.check_honest_box()

    def check_honest_box(self):
        """It syncs on, whatever goes on beside it; and ledgerd stays small."""
        self.give("CN100A")
        self.wait_synced()
        self.ledger.process.expect_running()
        self.assertLess(most_memory_kb(self.ledger.process.pid), LARGEST)

    def refusals(self):
        """What ledgerd logged of them."""
        lines = self.ledger.process.log.read_text(encoding="utf-8").splitlines()
        return [line.partition("sync: ")[2] for line in lines
                if "sync: ALARM " in line or "sync: refused " in line]

    def alarms(self, box):
        """The alarms of a box, or of strangers."""
        return [text for row in self.ledger.report("sync")["rows"] if row["box"] == box
                for text in row["alarms"]]

    def check_told_once(self, *codes):
        """A line of each, and no other."""
        found = sorted(line.partition(" ")[2].split(":")[0] for line in self.refusals())
        self.assertEqual(found, sorted(codes))

    def held(self, origin):
        """Entries that the ledger holds of a log, and of its forks."""
        return sum(row["ledger_head"] for row in self.ledger.report("sync")["rows"]
                   if row["origin"].startswith(origin))

    def check_store(self):
        self.assertEqual(self.box.process.stop(), 0)
        self.assertEqual(self.ledger.process.stop(), 0)
        code, found = audit(self.ledger.store)
        self.assertEqual((code, found["wrong"]), (0, []))

    def test_batches_that_are_none(self):
        mallory = self.mallory
        good = mallory.batch()
        honest = self.box.ctl_json("status")["origin"]
        zeros = bytes(64 << 20)
        many = [mallory.lines[1]] * 1001
        huge = mallory.lines[:1] + [b'{"seq":1,"x":"' + b"x" * 70_000 + b'"}']
        cases = [
            (400, "nothing", b"", {}),
            (400, "nonsense", os.urandom(5000), {}),
            (400, "half a frame", frame(good)[:-100], {}),
            (400, "two frames", frame(good) * 2, {}),
            (400, "a bomb that says so", packed_by_zstd(zeros), {}),
            (400, "a bomb that does not", packed_by_zstd(zeros, False), {}),
            (400, "a bomb that lies", frame(zeros[:900_000], 100), {}),
            (400, "a size above all", frame(b"x", (1 << 63)), {}),
            (413, "a body above the bound", bytes((1 << 20) + 1), {}),
            (415, "gzip", gzip.compress(frame(good)), {"content_encoding": "gzip"}),
            (415, "deflate", zlib.compress(frame(good)), {"content_encoding": "deflate"}),
            (415, "zstd twice", packed_by_zstd(frame(good)), {"content_encoding": "zstd"}),
            (415, "a bomb in gzip", gzip.compress(zeros), {"content_encoding": "gzip"}),
            (415, "another type", frame(good), {"content_type": "application/json"}),
            (404, "version 0", frame(good), {"path": "/v0/batch"}),
            (404, "version 99", frame(good), {"path": "/v99/batch"}),
            (400, "version 99 within", frame(mallory.batch(magic="yijuan-batch-v99")), {}),
            (400, "version 1 within", frame(mallory.batch(magic="yijuan-batch-v1")), {}),
            (400, "too many entries", frame(mallory.batch(lines=many)), {}),
            (400, "too long an entry", frame(mallory.batch(lines=huge)), {}),
            (400, "no entries", frame(mallory.batch(lines=[])), {}),
            (400, "another number", frame(mallory.batch(numbers="0 9999999999999999999 1 0 0")), {}),
            (400, "an entry that is none", frame(mallory.batch(lines=[b'{"seq":0}'])), {}),
            (400, "an entry twice", frame(mallory.batch(lines=mallory.lines[:1] * 2)), {}),
            (403, "a log that nobody knows",
             frame(mallory.batch(origin="ledger.example/box/mallory-01/00000000")), {}),
            (403, "another's log", frame(mallory.batch(origin=honest)), {}),
            (400, "a checkpoint of another size",
             frame(mallory.batch(checkpoint=mallory.note(mallory.origin, 9, bytes(32)))), {}),
            (422, "another root",
             frame(mallory.batch(checkpoint=mallory.note(mallory.origin, len(mallory.lines),
                                                         bytes(32)))), {}),
            (422, "another's signature",
             frame(mallory.batch(checkpoint=mallory.note(
                 mallory.origin, len(mallory.lines), mallory.root(mallory.lines),
                 Ed25519PrivateKey.generate()))), {}),
            (400, "a cosignature that the ledger did not make",
             frame(mallory.batch(cosigned=mallory.note(mallory.origin, 1, bytes(32)))), {}),
            (400, "a heartbeat that is none", b"[" * 10_000, {"path": "/v1/heartbeat"}),
            (413, "a heartbeat too long", b" " * 20_000, {"path": "/v1/heartbeat"}),
            (400, "certificates that are none", b'{"epochs":[{}]}', {"path": "/v2/epochs"}),
            (405, "another method", b"", {"method": "DELETE"}),
        ]
        for _ in range(REPEATS):
            with mallory.connect() as link:
                for status, what, body, fields in cases:
                    with contextlib.suppress(ConnectionError):  # a 413 may be lost with the rest
                        got, said = mallory.ask(body, link=None if status == 413 else link,
                                                **fields)
                        self.assertEqual(got, status, (what, said))
                        self.assertGreater(len(said), 2, what)  # a reason
        self.check_honest_box()
        log = "mallory-01"
        self.check_told_once(f"status-400 {log}", f"status-413 {log}", f"status-415 {log}",
                             f"status-404 {log}", f"status-405 {log}", f"status-403 {log}",
                             f"wrong-box {honest}", f"malformed {mallory.origin}",
                             f"fork {mallory.origin}")
        self.assertTrue(any("wrong-box" in text for text in self.alarms(self.box.id)))
        self.assertTrue(any("fork" in text for text in self.alarms("mallory-01")))
        self.assertEqual(self.held(mallory.origin), 0)
        # And nothing of all that stands in the way of what is right.
        self.assertEqual(mallory.ask(frame(good))[0], 200)
        self.assertEqual(self.held(mallory.origin), len(mallory.lines))
        self.check_store()

    def test_certificates(self):
        mallory, folder = self.mallory, self.folder
        ours = authority(self.ledger.keys)
        theirs = another_authority()
        stolen = HostileBox(self.ledger, self.folder, "stolen-01")
        moved = HostileBox(self.ledger, self.folder, "moved-01")
        old = moved.context()
        moved.make_keys("--again")
        self.ledger.ctl("box", "revoke", "stolen-01")
        refused_by_tls = {
            "foreign": certificate(folder, "foreign", "market-01", theirs),
            "self-signed": certificate(folder, "own", "market-01"),
            "expired": certificate(folder, "expired", "mallory-01", ours, -9, -2),
            "not yet valid": certificate(folder, "early", "moved-01", ours, 2, 9),
            "a server's": certificate(folder, "server", "market-01", ours, usage="server"),
        }
        contexts = {name: mallory.context(*files) for name, files in refused_by_tls.items()}
        contexts["none"] = ssl.create_default_context(cafile=mallory.authority)
        refused_by_name = {
            "revoked": stolen.context(),
            "an older key": old,
            "unknown": mallory.context(*certificate(folder, "unknown", "nobody-01", ours)),
            "another key": mallory.context(*certificate(folder, "double", "market-01", ours)),
        }
        batch = frame(mallory.batch())
        for _ in range(REPEATS):
            for name, context in contexts.items():
                with self.subTest(name), self.assertRaises(OSError):
                    with mallory.connect(context) as link:
                        mallory.ask(batch, link=link)
            for name, context in refused_by_name.items():
                with self.subTest(name), mallory.connect(context) as link:
                    for path in ("/v2/batch", "/v1/batch", "/v2/epochs"):
                        self.assertEqual(mallory.ask(batch, path, link=link)[0], 403)
        self.check_honest_box()
        self.check_told_once("certificate stranger", "certificate mallory-01",
                             "certificate moved-01", "handshake stranger", "revoked stolen-01",
                             "old-key moved-01", "unknown-box nobody-01", "old-key market-01")
        self.assertIn("expired", self.alarms("mallory-01")[0])
        self.assertTrue(any("not yet valid" in text for text in self.alarms("moved-01")))
        self.assertTrue(any("old-key" in text for text in self.alarms("market-01")))
        self.assertTrue(self.alarms("stolen-01") and self.alarms("nobody-01"))
        self.assertTrue(any("certificate" in text for text in self.alarms("")))
        self.assertEqual(self.held(mallory.origin), 0)
        # Who was mistaken for them is let in: with the new key, with the certificate of today.
        self.assertEqual(moved.ask(frame(moved.batch()))[0], 200)
        self.assertEqual(mallory.ask(batch)[0], 200)
        self.check_store()

    def plain(self):
        link = socket.create_connection(("127.0.0.1", self.ledger.port), 60)
        self.addCleanup(link.close)
        return link

    def wait_closed(self, what, links):
        """By ledgerd, however long its machine needs for it."""
        for link in links:
            with self.subTest(what), contextlib.suppress(ConnectionError, ssl.SSLError):
                while link.recv(65536):
                    pass

    def test_slow_clients(self):
        mallory = self.mallory
        late = HostileBox(self.ledger, self.folder, "late-01")  # an honest one
        silent = [self.plain() for _ in range(2 * CONNECTIONS)]  # more than are let in at a time
        for link in silent[::2]:
            link.sendall(b"\x16\x03\x01\x02\x00\x01")  # a ClientHello that goes no further
        self.check_honest_box()
        self.assertEqual(late.ask(frame(late.batch()))[0], 200)  # it waits, and has its turn
        self.wait_closed("no handshake", silent)

        begun = [mallory.connect() for _ in range(6)]
        head = request(b"x" * 1000)
        begun[0].sendall(head[:20])               # a header that does not end
        begun[1].sendall(head[:-900])             # a body that does not come
        begun[2].sendall(request(b"")[:-2].replace(b"content-length: 0", b"transfer-encoding: chunked")
                         + b"\r\n1\r\nx\r\n")     # one that never ends
        begun[3].sendall(request(bytes(1 << 20))[:-1])  # all but its last byte
        begun[4].sendall(head[:30])
        begun[5].sendall(head[:-500])
        self.dribble(begun[4], begun[5])
        self.check_honest_box()
        self.wait_closed("half a request", begun)
        self.check_told_once("slow stranger", "slow mallory-01")
        self.assertEqual(self.held(mallory.origin), 0)
        self.check_store()

    def dribble(self, *links):
        """A byte now and then, as long as ledgerd listens: what comes keeps no connection open."""
        open_links = set(links)
        while open_links:
            for link in sorted(open_links, key=id):
                try:
                    link.sendall(b"a")
                    link.settimeout(0.05)
                    if link.recv(1) == b"":
                        open_links.discard(link)
                except TimeoutError:
                    pass
                except OSError:
                    open_links.discard(link)

    def test_a_client_that_never_reads(self):
        """It asks and asks: what the kernel does not take of the answers is waited for, not kept."""
        with self.mallory.connect(receive_buffer=4096) as link:
            link.setblocking(False)
            asked = request(b"", "/v0/none") * 50

            def is_gone():
                with contextlib.suppress(ssl.SSLWantWriteError, ssl.SSLWantReadError):
                    link.send(asked)
                return any("slow mallory-01" in line for line in self.refusals())
            try:
                wait_for("ledgerd to give it up", is_gone, 200, interval=0)
            except OSError:
                wait_for("ledgerd to say so", lambda: "slow mallory-01" in str(self.refusals()))
        self.check_honest_box()
        self.check_told_once("slow mallory-01", "status-404 mallory-01")
        self.check_store()

    def test_bodies_that_are_never_whole(self):
        """As much as one box can make ledgerd hold: every connection, each with all but a byte."""
        links = []
        for _ in range(CONNECTIONS - 4):
            links.append(self.mallory.connect())
        body = request(os.urandom(1 << 20))[:-1]
        for _ in range(2):
            for link in links:
                with contextlib.suppress(OSError):
                    link.sendall(body)
            self.assertLess(most_memory_kb(self.ledger.process.pid), LARGEST)
        endless = b"transfer-encoding: chunked\r\n\r\n"
        head = request(b"")[:-len(b"content-length: 0\r\n\r\n")]
        for tail in (b"ffff\r\n" + b"x" * 0xffff + b"\r\n", b"1;" + b"e" * 60_000,
                     b"0\r\n" + b"a: b\r\n" * 10_000):
            with contextlib.suppress(OSError), self.mallory.connect() as link:
                link.sendall(head + endless)
                for _ in range(200):
                    link.sendall(tail)
                self.wait_closed("without end", [link])
        self.assertLess(most_memory_kb(self.ledger.process.pid), LARGEST)
        print(f"ledgerd at most {most_memory_kb(self.ledger.process.pid)} kB of {LARGEST}")
        self.wait_closed("never whole", links)
        self.check_honest_box()
        for line in self.refusals():
            self.assertIn("mallory-01", line)
        self.assertLess(len(self.refusals()), 5)
        self.check_store()

    def test_garbage_instead_of_tls(self):
        for number in range(REPEATS):
            for what in (os.urandom(3000), b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", b"\x80\x2e\x01\x00\x02",
                         b"\x16\x03\x01\xff\xff" + os.urandom(200), b"SSH-2.0-x\r\n"):
                with contextlib.suppress(OSError), self.plain() as link:
                    link.sendall(what)
                    if number == 0:
                        self.wait_closed("garbage", [link])
            old = self.mallory.context()
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_2
            with self.assertRaises(OSError):
                self.mallory.connect(old)
            with self.mallory.connect() as link:  # garbage after a good handshake
                link.sendall(os.urandom(2000))
                self.wait_closed("no HTTP", [link])
            cut = self.mallory.connect().detach()  # TLS that breaks off within a record
            os.write(cut, b"\x17\x03\x03\x40\x00garbage")
            os.close(cut)
        self.check_honest_box()
        self.assertLess(len(self.refusals()), 6)
        self.assertTrue(any("handshake stranger" in line for line in self.refusals()))
        self.assertEqual(self.alarms(""), [])  # noise is no alarm
        self.check_store()


if __name__ == "__main__":
    main()
