#!/usr/bin/python3
"""tools/mirror follows an honest public log over HTTP, asks only for what is new, and refuses, names
and keeps the evidence of everything that a dishonest one can do; tools/audit finds the same."""

import base64
import datetime
import pathlib
import shutil
import tempfile
import unittest

from public_world import MadeLog, Signer, call_mirror, served
from street import audit, main

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


class Mirror(unittest.TestCase):
    def setUp(self):
        kept = tempfile.TemporaryDirectory(prefix="yijuan-mirror-")
        self.addCleanup(kept.cleanup)
        self.folder = pathlib.Path(kept.name)
        self.public, self.copy = self.folder / "public", self.folder / "copy"
        self.log = MadeLog(self.public)

    def mirror(self, server, *options, cosigner=None):
        return call_mirror(server.url, self.copy, "--cosigner",
                           (cosigner or self.log.cosigner).vkey, *options)

    def assert_mirrored(self, server, new):
        code, said = self.mirror(server)
        self.assertEqual(code, 0, said)
        self.assertIn(f"{new} new entries", said)
        code, found = audit(self.copy, "--cosigner", self.log.cosigner.vkey)
        self.assertEqual((code, found["wrong"]), (0, []))

    def assert_refused(self, server, named, evidence=True, **options):
        """Names what is wrong, keeps the evidence, and leaves the mirror as it was."""
        before = self.mirrored()
        code, said = self.mirror(server, **options)
        self.assertEqual(code, 1, said)
        self.assertIn(named, said)
        self.assertEqual((self.copy / self.log.name / "checkpoint").read_text(), before)
        self.assertEqual((self.copy / "evidence").exists(), evidence)

    def mirrored(self):
        return (self.copy / self.log.name / "checkpoint").read_text()

    def file(self, path):
        return self.public / self.log.name / path

    def test_follows_a_log_and_asks_only_for_what_is_new(self):
        with served(self.public) as server:
            held = 0
            for size in (1, 255, 256, 257, 700, 66_000):
                self.log.publish(size)
                self.assert_mirrored(server, size - held)
                held = size
            server.asked.clear()
            self.assert_mirrored(server, 0)
            self.assertFalse([path for path in server.asked if "/tile/" in path])
            self.log.publish(66_300)
            self.assert_mirrored(server, 300)
            tiles = [path for path in server.asked if "/tile/" in path]
            self.assertLessEqual(len(tiles), 4, tiles)

    def test_goes_on_after_it_was_cut(self):
        self.log.publish(20_000)
        with served(self.public) as server:
            server.dies_after = 40
            code, said = self.mirror(server)
            self.assertEqual(code, 2, said)
            self.assertFalse((self.copy / self.log.name / "checkpoint").exists())
            server.dies_after = 10 ** 9
            server.asked.clear()
            self.assert_mirrored(server, 20_000)
            self.assertLess(len(server.asked), 60)

    def test_a_partial_tile_that_is_gone_is_read_from_the_full_one(self):
        self.log.publish(300)
        checkpoint = self.file("checkpoint").read_bytes()
        self.log.publish(600)
        shutil.rmtree(self.file("tile/0/001.p"))
        self.file("checkpoint").write_bytes(checkpoint)
        with served(self.public) as server:
            self.assert_mirrored(server, 300)

    def test_a_shrunk_log_is_refused(self):
        self.log.publish(300)
        with served(self.public) as server:
            self.assert_mirrored(server, 300)
            self.log.publish(299)
            self.assert_refused(server, "it shrank: 299 entries are shown, 300 were")

    def test_another_history_is_refused_at_the_same_size_and_beyond(self):
        self.log.publish(300)
        fork = MadeLog(self.public, salt="other ")
        for size in (300, 301, 511, 512, 700):
            with self.subTest(size), served(self.public) as server:
                shutil.rmtree(self.copy, ignore_errors=True)
                self.log.publish(300)
                self.assert_mirrored(server, 300)
                fork.publish(size)
                self.assert_refused(server, "fork")
                self.log.publish(800)  # an honest one goes on
                self.assert_mirrored(server, 500)

    def test_a_history_that_differs_in_a_full_tile_is_refused(self):
        # Nothing partial among the leaves; nothing at all but a hash that the new size has too.
        for size, named in ((1024, "a fork"), (65_536, "continuation")):
            with self.subTest(size), served(self.public) as server:
                shutil.rmtree(self.copy, ignore_errors=True)
                self.log.publish(size)
                self.assert_mirrored(server, size)
                MadeLog(self.public, salt="other ").publish(size + 300)
                self.assert_refused(server, named)

    def test_a_root_that_its_tiles_do_not_give_is_refused(self):
        self.log.publish(300)
        with served(self.public) as server:
            self.assert_mirrored(server, 300)
            self.log.publish(400)
            self.log.put(f"{self.log.name}/checkpoint", self.log.checkpoint(400, bytes(32)))
            self.assert_refused(server, "continuation")

    def test_changed_tiles_are_refused_and_fetched_again(self):
        self.log.publish(700)
        for path in ("tile/0/000", "tile/0/002.p/188", "tile/1/000.p/2"):
            for change in ("flipped", "cut", "gone"):
                with self.subTest(path=path, change=change), served(self.public) as server:
                    shutil.rmtree(self.copy, ignore_errors=True)
                    self.log.publish(700)
                    content = bytearray(self.file(path).read_bytes())
                    content[37] ^= 1
                    if change == "flipped":
                        self.file(path).write_bytes(content)
                    elif change == "cut":
                        self.file(path).write_bytes(content[:-1])
                    else:
                        self.file(path).unlink()
                    code, said = self.mirror(server)
                    self.assertEqual(code, 1, said)
                    self.assertFalse((self.copy / self.log.name / "checkpoint").exists())
                    self.assertEqual(audit(self.public)[0], 1, "the audit found nothing")
                    self.log.publish(700)
                    self.assert_mirrored(server, 700)

    def test_a_checkpoint_without_both_signatures_is_refused(self):
        self.log.publish(300)
        good = self.file("checkpoint").read_text()
        lines = good.split("\n")
        with served(self.public) as server:
            self.assert_mirrored(server, 300)
            self.log.publish(400)
            newer = self.file("checkpoint").read_text()
            for name, note, named in (
                    ("the log's", newer.replace(newer.split("\n")[4], lines[4]), "not signed"),
                    ("the cosigner's", newer.replace(newer.split("\n")[5], lines[5]), "not cosigned"),
                    ("no cosignature", newer.replace(newer.split("\n")[5] + "\n", ""), "not cosigned"),
                    ("no note", "ledger.example\n", "wrong"),
                    ("another origin", MadeLog(self.public, "box/market-02/0123abcd").checkpoint(400),
                     "its checkpoint is of")):
                with self.subTest(name):
                    self.file("checkpoint").write_text(note)
                    self.assert_refused(server, named, evidence=False)
            self.file("checkpoint").write_text(newer)
            stranger = Signer("ledger.example/cosigner", 4, 5)
            self.assert_refused(server, "not cosigned", evidence=False, cosigner=stranger)

    def test_a_log_keeps_its_key_and_stays_listed(self):
        self.log.publish(300)
        with served(self.public) as server:
            self.assert_mirrored(server, 300)
            MadeLog(self.public, number=2).publish(400)
            self.assert_refused(server, "another key", evidence=False)
            self.log.put("logs", "")
            self.assert_refused(server, "not listed any more", evidence=False)

    def test_digests_must_be_of_what_was_seen(self):
        root = self.log.publish(300)
        self.log.publish(700)
        today = datetime.datetime.now(SHANGHAI).date()
        name, path = self.log.key.name, f"digest/{today}"
        encoded = base64.b64encode(root).decode()
        good = f"{name} 300 {encoded}\n"
        with served(self.public) as server:
            for text, named in ((f"{name} 301 {encoded}\n", "another root"),
                                (f"{name} 701 {encoded}\n", "more than"),
                                (f"{name}x 300 {encoded}\n", "no log"),
                                ("nonsense\n", "nonsense"),
                                (good + good.replace("/box", "/a"), "not sorted")):
                with self.subTest(named):
                    self.log.put(path, text)
                    code, said = self.mirror(server)
                    self.assertEqual(code, 1, said)
                    self.assertIn(named, said)
                    self.assertFalse((self.copy / path).exists())
                    self.assertEqual(audit(self.public)[0], 1)
            self.log.put(path, good)
            code, said = self.mirror(server)
            self.assertEqual(code, 0, said)
            self.assertEqual((self.copy / path).read_text(), good)
            self.assertEqual(audit(self.copy)[1]["digests"], 1)
            self.log.put(path, "")
            code, said = self.mirror(server)
            self.assertEqual(code, 1, said)
            self.assertIn("another than before", said)

    def test_names_from_outside_do_not_leave_the_folder(self):
        self.log.publish(3)
        for name in ("../../outside", "box/../0123abcd", "box/a/0123abcd/../x", "office/../1"):
            bad = Signer(f"ledger.example/{name}", 1, 7)
            self.log.put("logs", bad.vkey + "\n")
            with served(self.public) as server:
                code, said = self.mirror(server)
                self.assertEqual(code, 1, said)
                self.assertIn("no log's origin", said)
        self.assertFalse((self.folder / "outside").exists())

    def test_a_server_that_is_none_is_said(self):
        code, said = call_mirror("http://127.0.0.1:9", self.copy)
        self.assertEqual(code, 2, said)
        code, said = call_mirror("ftp://127.0.0.1", self.copy)
        self.assertEqual(code, 2, said)


if __name__ == "__main__":
    main()
