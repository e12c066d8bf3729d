#!/usr/bin/python3
"""What an office and a technician read: the reports agree with each other in every form, the box's
status says what is needed to find a fault, and every program explains itself."""

import csv
import io
import re
import subprocess

from street import BIN, StreetTest, call, main, wait_for

BOM = "\ufeff"


def decimal(fen):
    return f"{fen // 100}.{fen % 100:02}"


class OperatorsDay(StreetTest):
    def play(self):
        self.ledger.start()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A", "CN100B", "CN050A", "CN050A")
        self.box.tap("begin_free")
        self.box.tap("choose_amount", 500)
        self.box.wait_scene("counting")
        self.give("CN100A", "CN100A")
        self.box.tap("finish")
        wait_for("the gift to be closed", lambda: self.box.status().get("open_fen") == 0)
        self.wait_synced()

    def csv_of(self, name):
        done = subprocess.run([BIN / "ledgerctl", "--config", self.ledger.config, "report", name,
                               "--format", "csv"], capture_output=True, timeout=60, check=True)
        raw = done.stdout.decode("utf-8")
        self.assertTrue(raw.startswith(BOM), "no BOM: Excel would take it for GBK")
        self.assertEqual(raw.count("\n"), raw.count("\r\n"))
        self.assertTrue(raw.endswith("\r\n"))
        return list(csv.reader(io.StringIO(raw.removeprefix(BOM), newline="")))

    def table_of(self, name):
        lines = [line for line in self.ledger.ctl("report", name).splitlines()
                 if line.strip("- ")]
        return [re.split(r"\s{2,}", line.strip()) for line in lines]

    def test_reports_agree_in_every_form(self):
        self.play()
        day = wait_for("the day's books", lambda: self.ledger.report("day"))
        self.assertEqual(sum(row["fen"] for row in day["rows"]), 500)
        self.assertEqual({(row["activity"], row["channel"], row["gifts"], row["fen"])
                          for row in day["rows"]},
                         {("one_yuan", "cash", 3, 300), ("free", "cash", 1, 200)})
        self.assertEqual((day["total"]["gifts"], day["total"]["fen"]), (4, 500))
        rows = self.csv_of("day")
        self.assertEqual(rows[0], ["日期", "箱号", "活动", "渠道", "捐赠笔数", "参与人次",
                                   "金额（元）"])
        words = {"one_yuan": "一元捐", "free": "自由捐", "cash": "现金"}
        expected = [[row["day"], row["box"], words[row["activity"]], words[row["channel"]],
                     str(row["gifts"]), str(row["people"]), decimal(row["fen"])]
                    for row in day["rows"]]
        self.assertEqual(rows[1:-1], expected)
        self.assertEqual([cell for cell in rows[-1] if cell],
                         ["合计", str(day["total"]["gifts"]), str(day["total"]["people"]), "5.00"])
        table = self.table_of("day")
        self.assertEqual(table[0], rows[0])
        self.assertEqual(table[1:-1], rows[1:-1])
        self.assertEqual(table[-1], [cell for cell in rows[-1] if cell])
        self.check_days(day)
        self.check_sync_report()

    def check_days(self, day):
        today = day["rows"][0]["day"]
        self.assertEqual(self.ledger.report("day", "--day", today)["rows"],
                         [row for row in day["rows"] if row["day"] == today])
        self.assertEqual(self.ledger.report("day", "--from", "2001-01-01", "--to",
                                            "2001-12-31")["rows"], [])
        code, said = call(BIN / "ledgerctl", "--config", self.ledger.config, "report", "day",
                          "--day", "2026-02-30")
        self.assertEqual(code, 1, said)
        self.assertIn("2026-02-30 is no day", said)

    def check_sync_report(self):
        box = wait_for("the box to have told its last word", lambda: next(
            (row for row in self.ledger.report("sync")["rows"] if row["unsynced"] == 0), None))
        status = self.box.status()
        self.assertEqual(box["box"], self.box.id)
        self.assertEqual(box["ledger_head"], status["entries"])
        self.assertEqual((box["lag"], box["unsynced_fen"], box["gaps"], box["lost"]), (0, 0, 0, 0))
        self.assertEqual(box["alarms"], [])
        heading, row, *_ = self.csv_of("sync")
        self.assertEqual((row[0], row[1], row[2]), (box["box"], box["origin"], "在用"))
        told = [str(box[key]) for key in ("journal_head", "ledger_head", "lag", "unsynced")]
        self.assertEqual(row[4:8], told)
        self.assertEqual(row[8], decimal(box["unsynced_fen"]))
        table = self.table_of("sync")
        self.assertEqual(table[0], heading)
        self.assertEqual(table[1], [cell for cell in row if cell])
        self.assertIn(box["last_contact"][:4], row[3])

    def test_status_says_what_a_technician_needs(self):
        self.ledger.start()
        self.box.start()
        self.wait_accepting()
        self.give("CN100A", "CN050A")
        wait_for("the ledger to be reached",
                 lambda: "last_contact_s" in self.box.status()["ledger"])
        table = self.box.ctl("status")
        for needed in ("takes gifts", self.box.id, "sample-2026 version 1", "1.50 yuan in 2 pieces",
                       "0.50 yuan open", "0 lost", "to sync", "last contact", "serial 1234567",
                       "coin to disk", "(ledger)"):
            self.assertIn(needed, table)
        for device in ("coin", "printer"):
            self.assertRegex(table, rf"(?m)^{device} +works")
        self.box.coin.ask("unplug")
        wait_for("the cable to be missed", lambda: not self.box.status()["accepting"])
        table = self.box.ctl("status")
        self.assertRegex(table, r"(?m)^coin +\w")
        self.assertNotRegex(table, r"(?m)^coin +works")
        self.assertIn("takes no coins now", table)
        self.box.coin.ask("plug")
        self.wait_accepting()
        self.box.process.stop()
        code, said = call(BIN / "boxctl", "--config", self.box.config, "status")
        self.assertEqual(code, 1, said)
        self.assertIn("kioskd.sock", said)


class Help(StreetTest):
    def setUp(self):
        pass  # needs no box

    def test_every_program_explains_itself(self):
        expected = {"kioskd": ("--config", "--check-config"),
                    "ledgerd": ("--config", "--check-config"),
                    "boxctl": ("init", "status", "screen", "verify", "--config"),
                    "ledgerctl": ("init", "status", "rebuild", "box", "report", "pack")}
        for program, words in expected.items():
            code, said = call(BIN / program, "--help")
            self.assertEqual(code, 0, said)
            for word in words:
                self.assertIn(word, said)
            code, said = call(BIN / program, "--version")
            self.assertEqual(code, 0, said)
            self.assertRegex(said, r"\d+\.\d+")
            command = ("status",) if program.endswith("ctl") else ()
            code, said = call(BIN / program, *command, "--no-such-option")
            self.assertNotEqual(code, 0)
            self.assertIn("--no-such-option", said)


if __name__ == "__main__":
    main()
