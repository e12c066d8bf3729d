#!/usr/bin/python3
"""A real ledger's public log, from publication to a second party's mirror and audit: what is shown,
what is not, what it does when its folder or its store was changed behind its back, and how the
`pages` listener stands strangers."""

import base64
import contextlib
import hashlib
import http.client
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import time
import unittest

from public_world import call_mirror
from street import BIN, DOMAIN, Ledger, audit, call, main, wait_for
from tools.world.process import free_port


class PublicLog(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="yijuan-public-")
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        self.ledger = Ledger(BIN, self.folder / "ledger")
        self.addCleanup(self.ledger.stop)
        self.pages = free_port()
        self.url = f"http://127.0.0.1:{self.pages}"
        self.public = self.ledger.folder / "data" / "public"
        self.copy = self.folder / "copy"
        self.configure(f'listen = "127.0.0.1:{self.pages}"')

    def configure(self, *pages):
        text = self.ledger.config.read_text(encoding="utf-8").split("\n[public]")[0]
        self.ledger.config.write_text(
            text + '\n[public]\nat = "00:00"\n\n[pages]\n' + "\n".join(pages) + "\n",
            encoding="utf-8")

    def fill(self, entries, boxes=1):
        code, said = call(BIN / "fill_ledger", "--config", self.ledger.config, "--entries", entries,
                          "--boxes", boxes)
        self.assertEqual(code, 0, said)

    def ledgerctl(self, *arguments):
        return call(BIN / "ledgerctl", "--config", self.ledger.config, *arguments)

    def publish(self, *options, code=0):
        done, said = self.ledgerctl("publish", *options)
        self.assertEqual(done, code, said)
        return said

    def start(self):
        """Started, with the day's digest made."""
        self.ledger.start()
        wait_for("the day's publication", lambda: self.ledger.process.expect_running() or
                 list((self.public / "digest").glob("????-??-??")))
        status = self.ledger.ctl("status")
        self.cosigner = status.split("cosigner: ")[1].splitlines()[0]

    def mirror(self, *options):
        return call_mirror(self.url, self.copy, "--cosigner", self.cosigner, *options)

    def origins(self):
        """Of boxes' logs."""
        with contextlib.closing(sqlite3.connect(self.ledger.store)) as db:
            return [row[0] for row in db.execute("SELECT origin FROM logs WHERE kind = 'box' ORDER BY origin")]

    def log_folder(self, origin):
        return self.public / origin.removeprefix(DOMAIN + "/")

    def line(self, origin, seq):
        with contextlib.closing(sqlite3.connect(self.ledger.store)) as db:
            row = db.execute("SELECT line FROM entries WHERE origin = ? AND seq = ?",
                             (origin, seq)).fetchone()
        return row[0] if isinstance(row[0], bytes) else row[0].encode()

    def get(self, path, method="GET", **fields):
        link = http.client.HTTPConnection("127.0.0.1", self.pages, timeout=30)
        with contextlib.closing(link):
            link.request(method, path, headers={k.replace("_", "-"): v for k, v in fields.items()})
            answer = link.getresponse()
            return answer.status, answer.read(), answer.headers

    def change(self, sql):
        with contextlib.closing(sqlite3.connect(self.ledger.store)) as db, db:
            self.assertGreater(db.execute(sql).rowcount, 0, "nothing was changed")

    def flip(self, path, at=40):
        content = bytearray(path.read_bytes())
        content[at] ^= 1
        path.write_bytes(content)


class Published(PublicLog):
    def test_is_followed_by_a_mirror_and_found_right_by_the_audit(self):
        self.fill(3000, boxes=2)
        self.start()
        code, said = self.mirror()
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"3 logs, 600\d new entries")
        self.ledger.stop()
        self.fill(70_000)
        self.start()
        self.publish()
        code, said = self.mirror()
        self.assertEqual(code, 0, said)
        self.assertRegex(said, r"3 logs, 6700\d new entries")
        token = self.ledger.ctl("auditor", "add", "city-audit").strip()
        for place in (self.public, self.copy, self.url):
            with self.subTest(place):
                code, found = audit(place, "--cosigner", self.cosigner, "--store", self.ledger.store)
                self.assertEqual((code, found["wrong"]), (0, []))
                self.assertEqual([log["entries"] for log in found["logs"]], [70_000, 3000, 2])
                self.assertEqual(found["digests"], 1)
        code, found = audit(self.url, "--token", token)
        self.assertEqual((code, found["wrong"]), (0, []))
        self.assertEqual([log["gifts"] for log in found["logs"]], [34_999, 1499, 0])

    def test_a_digest_that_was_changed_is_held_against_the_offices_log(self):
        self.fill(300, boxes=2)
        self.start()
        self.ledger.stop()
        digest, = (self.public / "digest").glob("????-??-??")
        said = digest.read_text().splitlines(keepends=True)
        digest.write_text("".join(said[1:]))  # sorted, and each line true: only one is gone
        self.assertEqual(audit(self.public)[1]["wrong"], [])
        code, found = audit(self.public, "--store", self.ledger.store)
        self.assertEqual((code, found["wrong"]), (
            1, [f"the digest of {digest.name} is not the one that the office's log states"]))

    def test_does_not_show_what_came_since(self):
        self.fill(300)
        self.start()
        self.ledger.stop()
        self.fill(700)
        self.start()
        origin, = self.origins()
        prefix = "/" + origin.removeprefix(DOMAIN + "/")
        self.assertIn(b"\n300\n", self.get(prefix + "/checkpoint")[1])
        for path in ("/tile/0/001", "/tile/0/002.p/188"):
            self.assertEqual(self.get(prefix + path)[0], 404)
        self.assertEqual(self.get(f"/proof/{origin}/300")[0], 404)
        self.publish()
        self.assertIn(b"\n700\n", self.get(prefix + "/checkpoint")[1])
        self.assertEqual(self.get(prefix + "/tile/0/001")[0], 200)

    def test_goes_on_after_it_was_killed(self):
        self.fill(200_000)
        command = [BIN / "ledgerctl", "--config", self.ledger.config, "publish"]
        origin, = self.origins()
        for _ in range(4):  # each time a little further
            tiles = len(list(self.log_folder(origin).rglob("*"))) + 40
            with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
                wait_for("some tiles", lambda: child.poll() is not None or len(
                    list(self.log_folder(origin).rglob("*"))) >= tiles, interval=0.005)
                child.send_signal(signal.SIGKILL)
        self.assertIn("2 logs are shown", self.publish())
        code, found = audit(self.public, "--store", self.ledger.store)
        self.assertEqual((code, found["wrong"]), (0, []))
        self.assertEqual(list(self.public.rglob("*.progress")), [])

    def test_a_proof_file_holds_without_the_ledger(self):
        self.fill(3000)
        self.start()
        origin, = self.origins()
        proof = self.folder / "gift.tlog-proof"
        for seq in (0, 1234, 2999):
            self.ledger.ctl("proof", origin, seq, "--out", proof)
            self.assertEqual(self.get(f"/proof/{origin}/{seq}")[1], proof.read_bytes())
            leaf = hashlib.sha256(b"\0" + self.line(origin, seq)).digest()
            given = ("--key", self.public / "logs", "--cosigner", self.cosigner, "--leaf")
            code, found = audit(proof, *given, base64.urlsafe_b64encode(leaf).decode())
            self.assertEqual((code, found["wrong"]), (0, []))
            code, found = audit(proof, *given, base64.urlsafe_b64encode(bytes(32)).decode())
            self.assertEqual(code, 1, "another entry was proven")
        code, said = self.ledgerctl("proof", origin, "3000")
        self.assertEqual(code, 1)
        self.assertIn("not published", said)
        self.assertNotIn(b"fen", proof.read_bytes())


class Changed(PublicLog):
    def test_a_flipped_byte_in_a_tile_is_seen_by_all_and_mended_on_request(self):
        self.fill(3000)
        self.start()
        origin, = self.origins()
        healthy = self.folder / "healthy"
        shutil.copytree(self.public, healthy)
        for path in ("tile/0/000", "tile/0/011.p/184", "tile/1/000.p/11"):
            with self.subTest(path):
                self.flip(self.log_folder(origin) / path)
                shutil.rmtree(self.copy, ignore_errors=True)
                code, said = self.mirror()
                self.assertEqual(code, 1, said)
                self.assertEqual(audit(self.public)[0], 1)
                said = self.publish("--repair", code=3)
                self.assertIn("made again", said)
                self.assertEqual((self.log_folder(origin) / path).read_bytes(),
                                 (healthy / self.log_folder(origin).relative_to(self.public) /
                                  path).read_bytes())
                self.assertEqual(audit(self.public)[0], 0)
        self.assertIn("made again", str(self.ledger.report("sync")))

    def test_an_older_store_publishes_nothing(self):
        self.fill(3000)
        self.publish()
        backup = self.folder / "backup.db"
        with contextlib.closing(sqlite3.connect(self.ledger.store)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(self.ledger.store, backup)
        self.fill(4000)
        self.publish()
        origin, = self.origins()
        shown = (self.log_folder(origin) / "checkpoint").read_bytes()
        for rest in ("-wal", "-shm"):
            self.ledger.store.with_name(self.ledger.store.name + rest).unlink(missing_ok=True)
        shutil.copyfile(backup, self.ledger.store)
        said = self.publish(code=3)
        self.assertIn("4000 entries are published and this ledger holds 3000", said)
        self.assertEqual((self.log_folder(origin) / "checkpoint").read_bytes(), shown)
        self.fill(4500)  # the box sends them again
        self.publish()
        self.assertIn(b"\n4500\n", (self.log_folder(origin) / "checkpoint").read_bytes())

    def test_a_declared_hole_of_the_offices_log_is_no_fault_for_anybody(self):
        self.fill(300)
        self.publish()
        older = self.folder / "older.db"
        with contextlib.closing(sqlite3.connect(self.ledger.store)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(self.ledger.store, older)
        self.ledgerctl("log", "lost", self.origins()[0], "--why", "a sample", "--still-heard")
        self.publish()
        shown = int((self.public / "office/1/checkpoint").read_text().splitlines()[1])
        for rest in ("-wal", "-shm"):
            self.ledger.store.with_name(self.ledger.store.name + rest).unlink(missing_ok=True)
        shutil.copyfile(older, self.ledger.store)
        self.assertIn(f"{shown} entries are published and this ledger holds 2",
                      self.publish(code=3))
        self.assertEqual(audit(self.public, "--store", self.ledger.store)[0], 1)
        self.ledgerctl("office", "declare-hole", "--why", "a sample")
        note = (f"ledger.example/office/1: {shown} entries are published and 2 are held:"
                " declared as a hole on ")
        self.assertIn("NOTE " + note, self.publish())
        self.assertIn("NOTE " + note, self.ledgerctl("verify")[1])
        code, found = audit(self.public, "--store", self.ledger.store)
        self.assertEqual((code, found["wrong"]), (0, []))
        self.assertIn(note, found["notes"][0])
        self.assertEqual(audit(self.ledger.store)[0], 0)

    def test_a_store_with_other_entries_is_found_by_audit_and_repair(self):
        self.fill(3000)
        self.publish()
        self.change("UPDATE entries SET line = replace(line, '\"fen\":100', '\"fen\":900')"
                    " WHERE seq = 301")
        code, found = audit(self.public, "--store", self.ledger.store)
        self.assertEqual(code, 1)
        self.assertTrue(any("entries 256 to 511" in fault for fault in found["wrong"]), found)
        self.assertIn("not those that were published", self.publish("--repair", code=3))


class Verified(PublicLog):
    def verify(self, *options, code=0):
        done, said = self.ledgerctl("verify", *options)
        self.assertEqual(done, code, said)
        return said

    def test_everything_is_re_checked_while_ledgerd_runs_and_while_it_does_not(self):
        self.fill(3000, boxes=3)
        self.start()
        self.assertRegex(self.verify(), r"4 logs, 900\d entries checked: all is right")
        self.ledger.stop()
        self.assertRegex(self.verify("--fresh"), r"4 logs, 900\d entries checked: all is right")
        origin = self.origins()[1]
        self.assertIn("1 logs, 3000 entries", self.verify("--origin", origin))
        self.flip(self.log_folder(origin) / "tile/0/005")
        self.assertIn(f"WRONG {origin}: its published", self.verify(code=3))
        self.flip(self.log_folder(origin) / "tile/0/005")
        self.change("UPDATE rollups SET fen = fen + 100")
        self.assertIn("was wrong", self.verify(code=3))
        self.assertEqual(self.ledgerctl("rebuild")[0], 3)
        self.verify()
        self.change("UPDATE entries SET line = replace(line, '\"fen\":100', '\"fen\":900')"
                    f" WHERE seq = 301 AND origin = '{origin}'")
        self.assertIn(f"WRONG {origin}: the stored root of 3000 entries is not the root of the"
                      " entries", self.verify("--origin", origin, code=3))
        self.assertIn(f"WRONG {origin}: another root is published", self.verify(code=3))
        self.assertEqual(self.ledgerctl("verify", "--origin", "ledger.example/box/no/01234567")[0],
                         1)


class Strangers(PublicLog):
    def setUp(self):
        super().setUp()
        self.configure(f'listen = "127.0.0.1:{self.pages}"', "request_ms = 1000", "idle_ms = 1000",
                       "connections = 8")
        self.fill(300)
        self.start()
        self.origin, = self.origins()
        self.prefix = "/" + self.origin.removeprefix(DOMAIN + "/")

    def raw(self, request):
        """All that is answered to some bytes, until the other side closes."""
        with socket.create_connection(("127.0.0.1", self.pages), timeout=30) as link:
            link.sendall(request)
            answer = b""
            with contextlib.suppress(ConnectionResetError):
                while chunk := link.recv(65536):
                    answer += chunk
            return answer

    def test_entries_are_for_auditors_with_a_token(self):
        path = self.prefix + "/tile/entries/000"
        status, body, fields = self.get(path)
        self.assertEqual((status, fields["www-authenticate"]), (401, 'Bearer realm="entries"'))
        self.assertNotIn(b"fen", body)
        token = self.ledger.ctl("auditor", "add", "city-audit", "--until", "2999-12-31").strip()
        status, body, fields = self.get(path, authorization=f"Bearer {token}")
        self.assertEqual(status, 200)
        self.assertIn(self.line(self.origin, 255), body)
        self.assertIn("private", fields["cache-control"])
        for wrong in (token[:-1], token + "x", token.swapcase(), "", "x" * 4000):
            self.assertEqual(self.get(path, authorization=f"Bearer {wrong}")[0], 401)
        self.assertEqual(self.get(path + "?token=" + token)[0], 401)
        kept = self.ledger.folder / "data" / "auditors"
        late = self.ledger.ctl("auditor", "add", "late", "--until", "2999-12-30").strip()
        self.assertEqual(self.get(path, authorization=f"Bearer {late}")[0], 200)
        kept.write_text(kept.read_text().replace("2999-12-30", "2020-01-01"))  # it ended
        self.assertEqual(self.get(path, authorization=f"Bearer {late}")[0], 401)
        self.assertEqual(kept.stat().st_mode & 0o777, 0o600)
        self.assertNotIn(token, kept.read_text())
        self.assertNotIn(token, self.ledger.process.log.read_text())
        self.assertIn("city-audit", self.ledger.ctl("auditor", "list", "--format", "csv"))
        self.assertEqual(self.ledgerctl("auditor", "add", "city-audit")[0], 1)
        self.ledger.ctl("auditor", "remove", "city-audit")
        self.assertEqual(self.get(path, authorization=f"Bearer {token}")[0], 401)
        kept.chmod(0o644)  # others could read it: nobody is let in
        self.assertEqual(self.get(path, authorization=f"Bearer {late}")[0], 500)

    def test_caches_are_told_what_may_be_kept(self):
        status, body, fields = self.get(self.prefix + "/checkpoint")
        self.assertEqual((status, fields["content-type"]), (200, "text/plain; charset=utf-8"))
        self.assertIn("max-age=5", fields["cache-control"])
        again = self.get(self.prefix + "/checkpoint", if_none_match=fields["etag"])
        self.assertEqual(again[:2], (304, b""))
        self.assertEqual(again[2]["etag"], fields["etag"])
        self.assertNotIn("content-length", again[2])
        head = self.get(self.prefix + "/checkpoint", method="HEAD")
        self.assertEqual((head[0], head[1]), (200, b""))
        self.assertEqual(head[2]["content-length"], str(len(body)))
        status, body, fields = self.get(self.prefix + "/tile/0/000")
        self.assertEqual((status, len(body)), (200, 8192))
        self.assertEqual(fields["content-type"], "application/octet-stream")
        self.assertIn("immutable", fields["cache-control"])

    def test_nothing_but_the_public_log_is_shown(self):
        for path in ("/", "/v1/batch", "/ledger.db", "/../ledger.db", "/%2e%2e/ledger.db",
                     self.prefix + "/../../../auditors", self.prefix + "/tile/0/../../checkpoint",
                     "/digest/../../auditors", self.prefix + "/.progress", "/etc/passwd",
                     self.prefix + "/checkpoint/", self.prefix + "/tile/0/0", "//logs"):
            self.assertEqual(self.get(path)[0], 404, path)
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            status, _, fields = self.get("/logs", method=method)
            self.assertEqual((status, fields["allow"]), (405, "GET, HEAD"), method)
        for absolute in (b"GET http://127.0.0.1/logs HTTP/1.1\r\nhost: a\r\n\r\n",
                         b"CONNECT example.org:443 HTTP/1.1\r\nhost: a\r\n\r\n"):
            self.assertRegex(self.raw(absolute), rb"^HTTP/1.1 (400|404) ")

    def test_bad_requests_are_refused_and_cost_one_connection(self):
        for name, request, answer in (
                ("noise", bytes(range(256)) * 4, rb"^HTTP/1.1 400 "),
                ("no HTTP", b"GET /logs\r\n\r\n", rb"^HTTP/1.1 400 "),
                ("TLS to a plain port", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", rb"^HTTP/1.1 400 "),
                ("a head without end", b"GET /logs HTTP/1.1\r\nx: " + b"y" * 100_000,
                 rb"^(HTTP/1.1 413 |$)"),
                ("a body that nobody wants", b"GET /logs HTTP/1.1\r\nhost: a\r\n"
                 b"content-length: 100000000\r\n\r\n" + b"x" * 5000, rb"^(HTTP/1.1 413 |$)"),
                ("two lengths", b"POST /logs HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n"
                 b"content-length: 2\r\n\r\nxx", rb"^HTTP/1.1 400 ")):
            with self.subTest(name):
                self.assertRegex(self.raw(request), answer)
        answers = self.raw(b"GET /logs HTTP/1.1\r\nhost: a\r\n\r\n" * 3)
        self.assertEqual(answers.count(b"HTTP/1.1 200 "), 3)
        self.assertEqual(self.get("/logs")[0], 200)

    def test_slow_clients_are_let_go(self):
        slow = []
        for _ in range(16):  # twice as many as it serves at a time
            link = socket.create_connection(("127.0.0.1", self.pages), timeout=60)
            self.addCleanup(link.close)
            link.sendall(b"GET /logs HTTP/1.1\r\n")
            slow.append(link)
        begin = time.monotonic()
        self.assertEqual(self.get("/logs")[0], 200)  # in its turn
        for link in slow:  # each is closed although nobody answered it
            with contextlib.suppress(ConnectionResetError):
                self.assertEqual(link.recv(1000), b"")
        self.assertLess(time.monotonic() - begin, 60)


class Certificates(PublicLog):
    def make_certificate(self, name):
        data = self.ledger.folder / "data"
        code, said = call(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", data / "new.key", "-out",
            data / "new.crt")
        self.assertEqual(code, 0, said)
        (data / "new.key").chmod(0o600)
        os.replace(data / "new.key", data / "pages.key")
        os.replace(data / "new.crt", data / "pages.crt")
        return data / "pages.crt"

    def shown_certificate(self):
        return ssl.get_server_certificate(("127.0.0.1", self.pages), timeout=30)

    def test_a_new_certificate_is_taken_into_use_while_it_runs(self):
        certificate = self.make_certificate("first")
        self.configure(f'listen = "127.0.0.1:{self.pages}"', 'certificate = "pages.crt"',
                       'key = "pages.key"')
        self.fill(300)
        self.start()
        self.url = f"https://localhost:{self.pages}"
        code, said = self.mirror("--ca", certificate)
        self.assertEqual(code, 0, said)
        self.assertEqual(self.mirror()[0], 2, "an unknown authority was trusted")
        first = self.shown_certificate()
        self.assertEqual(first.strip(), certificate.read_text().strip())
        self.make_certificate("second")
        wait_for("the new certificate", lambda: self.shown_certificate() != first, 60, 0.5)
        self.assertEqual(self.mirror("--ca", certificate)[0], 0)
        second = self.shown_certificate()
        (self.ledger.folder / "data" / "pages.key").write_text("no key\n")
        wait_for("the refusal", lambda: "not used" in self.ledger.process.log.read_text(), 60, 0.5)
        self.assertEqual(self.shown_certificate(), second)
        self.make_certificate("third")
        wait_for("the third certificate", lambda: self.shown_certificate() != second, 60, 0.5)

    def test_it_does_not_start_with_a_key_that_others_can_read(self):
        self.make_certificate("open")
        (self.ledger.folder / "data" / "pages.key").chmod(0o644)
        self.configure(f'listen = "127.0.0.1:{self.pages}"', 'certificate = "pages.crt"',
                       'key = "pages.key"')
        code, said = call(BIN / "ledgerd", "--config", self.ledger.config)
        self.assertEqual(code, 1, said)
        self.assertIn("chmod 600", said)

    def test_plain_http_is_for_loopback_only(self):
        self.configure('listen = "0.0.0.0:0"')
        code, said = call(BIN / "ledgerd", "--config", self.ledger.config, "--check-config")
        self.assertEqual(code, 2, said)
        self.assertIn("pages.listen", said)


if __name__ == "__main__":
    main()
