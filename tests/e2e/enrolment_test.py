#!/usr/bin/python3
"""Enrolment: private keys stay where they were made, a request answers for one box only, and a box
that was revoked is refused by the ledger and goes on taking coins."""

import base64
import contextlib
import http.client
import json
import re
import sqlite3
import ssl

from street import BIN, StreetTest, call, main, wait_for


def secrets_of(key_file):
    """Every form in which the content of a key file could stand in another file."""
    content = key_file.read_bytes()
    raws = [content]
    body = b"".join(line for line in content.splitlines() if not line.startswith(b"-----"))
    try:
        raws.append(base64.b64decode(body, validate=True))
    except ValueError:
        pass
    forms = []
    for raw in raws:
        forms += [raw.strip(), raw.hex().encode(), base64.b64encode(raw).rstrip(b"="),
                  base64.urlsafe_b64encode(raw).rstrip(b"=")]
    return [form for form in forms if len(form) >= 16]


class Enrolment(StreetTest):
    def repeat_last_heartbeat(self):
        """What the box said last of itself, once more with its own certificate; the answer."""
        identity = json.loads(self.box.identity.read_text())
        certificate = self.folder / "box.crt"
        certificate.write_text(identity["certificate"])
        context = ssl.create_default_context(cadata=identity["authority"])
        context.load_cert_chain(certificate, self.box.data / "keys" / "tls.key")
        with contextlib.closing(sqlite3.connect(self.ledger.store)) as db:
            words, = db.execute("SELECT json FROM last_words").fetchone()
        link = http.client.HTTPSConnection("localhost", self.ledger.port, timeout=30,
                                           context=context)
        with contextlib.closing(link):
            link.request("POST", "/v1/heartbeat", words, {"content-type": "application/json"})
            return link.getresponse().status

    def test_no_private_key_travels(self):
        keys = sorted((self.box.data / "keys").glob("*.key"))
        self.assertEqual([key.name for key in keys], ["log.key", "slip.key", "tls.key"])
        ledger_keys = sorted((self.ledger.folder / "data" / "keys").glob("*.key"))
        self.assertGreaterEqual(len(ledger_keys), 3)
        for travels in (self.box.data / "request.json", self.box.identity):
            content = travels.read_bytes()
            self.assertNotIn(b"PRIVATE KEY", content)
            for key in keys + ledger_keys:
                self.assertEqual(key.stat().st_mode & 0o077, 0, f"others may read {key}")
                for form in secrets_of(key):
                    self.assertNotIn(form, content, f"{travels.name} holds {key.name}")
        # The P-256 scalar itself, as openssl shows it.
        code, text = call("openssl", "ec", "-in", self.box.data / "keys" / "tls.key", "-noout",
                          "-text")
        self.assertEqual(code, 0, text)
        scalar = re.search(r"priv:(.*?)pub:", text, re.S).group(1)
        scalar = bytes.fromhex(re.sub(r"[^0-9a-f]", "", scalar))[-32:]
        request = json.loads((self.box.data / "request.json").read_text())
        der = base64.b64decode("".join(request["csr"].split("-----")[2].split()))
        self.assertNotIn(scalar, der)

    def test_a_request_answers_for_its_own_box_only(self):
        request = self.box.data / "request.json"
        before = self.ledger.ctl("box", "list", "--format", "json")
        for name, change in (("another box id", {}), ("a box renamed", {"box": "market-02"}),
                             ("another origin", {"origin": "ledger.example/market-02/00000000"})):
            with self.subTest(name):
                forged = self.folder / "request.json"
                forged.write_text(json.dumps({**json.loads(request.read_text()), **change}))
                code, said = call(BIN / "ledgerctl", "--config", self.ledger.config, "box", "add",
                                  "market-02", "--request", forged, "--out", self.folder / "id")
                self.assertEqual(code, 1, said)
                self.assertFalse((self.folder / "id").exists())
        self.assertEqual(self.ledger.ctl("box", "list", "--format", "json"), before)

    def test_a_known_box_is_not_added_twice(self):
        code, said = call(BIN / "ledgerctl", "--config", self.ledger.config, "box", "add",
                          self.box.id, "--request", self.box.data / "request.json")
        self.assertEqual(code, 1, said)
        self.assertIn(self.box.id, said)

    def test_keys_are_made_once(self):
        before = (self.box.data / "keys" / "log.key").read_bytes()
        code, said = call(BIN / "boxctl", "--config", self.box.config, "init", "--domain",
                          "ledger.example")
        self.assertEqual(code, 1, said)
        self.assertIn("already", said)
        self.assertEqual((self.box.data / "keys" / "log.key").read_bytes(), before)

    def test_the_identity_of_another_box_is_refused(self):
        other = self.make_box("market-02")
        self.box.identity.write_bytes(other.identity.read_bytes())
        code, said = self.kioskd()
        self.assertEqual(code, 1, said)
        self.assertIn("market-02", said)

    def test_a_revoked_box_gets_403_and_takes_coins(self):
        self.ledger.start()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A")
        self.wait_synced()
        known = self.ledger.report("sync")["rows"][0]["ledger_head"]
        self.assertEqual(self.repeat_last_heartbeat(), 200)
        self.ledger.ctl("box", "revoke", self.box.id)
        self.give("CN100A", "CN100B")
        wait_for("the refusal to be told", lambda: self.box.status()["ledger"]["alarm"], 60)
        self.assertIn("ALARM", self.box.ctl("status"))
        self.assertEqual(self.repeat_last_heartbeat(), 403)
        self.give("CN100A")
        status = self.box.status()
        self.assertTrue(status["accepting"])
        self.assertEqual(status["cash"], 4)
        self.assertGreater(status["unsynced"], 0)
        row = self.ledger.report("sync")["rows"][0]
        self.assertEqual((row["status"], row["ledger_head"]), ("revoked", known))


if __name__ == "__main__":
    main()
