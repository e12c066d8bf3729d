#!/usr/bin/python3
"""A box without a network: a USB stick carries its entries to the office and the cosigned checkpoints
back, any number of times, beside the network, and whatever else is on the stick."""

import base64
import os
import shutil

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hostile_box import HostileBox, frame
from street import BIN, StreetTest, audit, call, main


class Stick(StreetTest):
    def setUp(self):
        super().setUp()
        self.stick = self.folder / "stick"
        self.stick.mkdir()
        self.ledger_port = self.ledger.port

    def alone(self):
        """The box reaches no ledger."""
        self.box.ledger_port = 9
        self.box.write_config()

    def export(self, code=0):
        done, said = self.boxctl("export", self.stick)
        self.assertEqual(done, code, said)
        return said

    def load(self, code=0):
        done, said = call(BIN / "ledgerctl", "--config", self.ledger.config, "import", self.stick)
        self.assertEqual(done, code, said)
        return said

    def batches(self):
        return sorted(self.stick.rglob("*.batch"))

    def head(self):
        return next(row["ledger_head"] for row in self.ledger.report("sync")["rows"]
                    if row["box"] == self.box.id)

    def check_whole(self):
        self.ledger.stop()
        code, found = audit(self.ledger.store)
        self.assertEqual((code, found["wrong"]), (0, []))
        return found["logs"][0]["fen"]

    def test_there_and_back_again(self):
        self.alone()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A", "CN100B")
        first = len(self.lines())
        self.assertIn(f"{first} entries in 1 batches", self.export())
        self.ledger.start()
        self.assertIn("1 batches of 1 logs taken, 0 refused", self.load())
        self.assertEqual(self.head(), first)
        self.load()  # once more: the same
        self.assertEqual(self.head(), first)

        self.give("CN050A")
        self.assertIn(f"the ledger has {first} entries", self.export())
        self.assertEqual(self.box.status()["ledger"]["cosigned"], first)
        self.assertEqual(self.batches()[0].name, f"{first:012}.batch")
        self.load()
        # kioskd stopped: boxctl reads its data itself.
        self.assertEqual(self.box.process.stop(), 0)
        self.export()
        self.load()
        self.ledger.stop()
        self.assertIn("taken", self.load())  # ledgerd stopped: ledgerctl itself
        self.ledger.start()
        self.assertIn("0 entries in 0 batches", self.export())
        self.assertEqual(self.check_whole(), 250)

    def test_beside_the_network(self):
        self.alone()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A", "CN100B")
        self.export()
        self.give("CN100A")
        self.assertEqual(self.box.process.stop(), 0)
        self.box.ledger_port = self.ledger_port
        self.box.write_config()
        self.ledger.start()
        self.box.start()
        self.wait_synced()
        self.load()  # all of it came over the network before
        self.give("CN010A")
        self.wait_synced()
        self.assertEqual(self.box.process.stop(), 0)
        self.assertEqual(self.check_whole(), 310)

    def test_a_hostile_stick(self):
        self.alone()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A")
        self.ledger.start()
        self.export()
        good, = self.batches()
        log = good.parent
        packed = good.read_bytes()
        (log / "000000000001.batch").write_bytes(packed[:-3])
        (log / "000000000002.batch").write_bytes(os.urandom(4096))
        (log / "000000000003.batch").write_bytes(b"\0" * (800 * 1024))
        os.mkfifo(log / "000000000004.batch")
        (log / "000000000005.batch").symlink_to("/etc/passwd")
        (log / "000000000006.batch").mkdir()
        (log / "autorun.inf").write_text("[autorun]")
        (log / "\033[2J.batch").write_text("x")
        (log / "one\ntwo.batch").write_bytes(packed)
        (log.parent / "one\ntwo").mkdir()
        (log / "000000000007.batch").symlink_to("000000000007.batch")  # leads to itself
        with open(log / "000000000008.batch", "wb") as endless:
            endless.truncate(1 << 40)
        (log.parent / "deadbeef").symlink_to("/etc")
        (log.parent / "01234567").symlink_to("..")  # a folder that holds itself
        # Real keys, a real log, and what they did not sign.
        mallory = HostileBox(self.ledger, self.folder, "mallory-01")
        foul = self.stick / "yijuan" / "mallory-01" / "89abcdef"
        foul.mkdir(parents=True)
        whole = len(mallory.lines)
        (foul / "000000000000.batch").write_bytes(frame(mallory.batch(checkpoint=mallory.note(
            mallory.origin, whole, mallory.root(mallory.lines), Ed25519PrivateKey.generate()))))
        (foul / "000000000001.batch").write_bytes(frame(mallory.batch(checkpoint=mallory.note(
            mallory.origin, whole, bytes(32)))))
        (log.parent / "epochs.json").write_text('{"format":"yijuan-epochs-v1","epochs":[{}]}')
        (self.stick / "yijuan" / "other-box" / "01234567").mkdir(parents=True)
        shutil.copy(good, self.stick / "yijuan" / "other-box" / "01234567" / good.name)
        said = self.load(code=1)
        self.assertIn("2 batches of", said)  # the box is known by its signature, not by the folder
        for what in ("zstd", "too large", "not a regular file", "Too many levels"):
            self.assertIn(what, said)
        self.assertNotIn("\033", said)
        self.assertNotIn("one\ntwo", said)
        self.assertEqual(self.head(), len(self.lines()))
        row, = (row for row in self.ledger.report("sync")["rows"] if row["box"] == "mallory-01")
        self.assertEqual(row["ledger_head"], 0)
        self.assertTrue(any("fork" in text for text in row["alarms"]), row)

        # On the way back: a checkpoint that nobody signed, a link, and a pipe.
        cosigned = log / "cosigned"
        genuine = cosigned.read_text(encoding="utf-8")
        text, _, signatures = genuine.partition("\n\n")
        origin, size, root = text.splitlines()
        for forged in (genuine.replace(size + "\n", f"{int(size) + 1}\n", 1), "", "x" * 9000,
                       f"{origin}\n{size}\n{base64.b64encode(bytes(32)).decode()}\n\n{signatures}",
                       f"{origin}\n{size}\n{root}\n\n" + signatures.splitlines()[0] + "\n"):
            cosigned.write_text(forged, encoding="utf-8")
            self.export()
            self.assertEqual(self.box.status()["ledger"]["cosigned"], 0, forged[:200])
        cosigned.unlink()
        cosigned.symlink_to(self.box.config)
        self.export()
        cosigned.unlink()
        os.mkfifo(cosigned)
        self.export()
        cosigned.unlink()
        cosigned.write_text(genuine, encoding="utf-8")
        self.export()
        self.assertEqual(self.box.status()["ledger"]["cosigned"], int(size))
        # A folder that leads away from the stick.
        shutil.rmtree(log, ignore_errors=True)
        log.symlink_to(self.folder)
        self.assertIn("not a folder of the stick", self.export(code=1))


if __name__ == "__main__":
    main()
