#!/usr/bin/python3
"""Without a valid campaign pack in its dates, with every disclosure, a box takes no gifts and says
why; a good pack comes into force without a restart."""

import datetime

from street import SAMPLE, StreetTest, main, wait_for


def day(offset):
    """Two days or more from today: then it does not matter that it is tomorrow in Shanghai."""
    return str(datetime.date.today() + datetime.timedelta(days=offset))


class Gate(StreetTest):
    def start_with(self, reason):
        """Starts the box, and looks at the closed gate from every side."""
        self.box.start()
        wait_for(f"the gate to be closed: {reason}", lambda: self.box.process.expect_running() or
                 self.box.status().get("gate") == reason)
        self.box.wait_scene("gate_closed")
        status = self.box.status()
        self.assertFalse(status["accepting"])
        self.assertTrue(status["gate_text"].startswith("Not taking gifts: "), status)
        table = self.box.ctl("status")
        self.assertIn(status["gate_text"].removeprefix("Not taking gifts: "), table)
        names = {button["name"] for button in self.box.screen()["buttons"]}
        self.assertFalse(names & {"begin_free", "begin_one_day", "choose_amount"}, names)
        self.assert_refuses_coins()
        return status

    def assert_refuses_coins(self):
        wait_for("the acceptor to know its host", lambda: "host=1" in self.box.coin.ask("status"))
        for coin in ("CN100A", "CN050A"):
            self.assertFalse(self.box.drop(coin, 0.1))
        self.assertEqual(self.box.status()["cash"], 0)
        self.assertEqual(self.box.status()["gifts"], 0)

    def test_no_pack(self):
        self.box.pack.unlink()
        self.start_with("no_pack")

    def test_a_pack_of_another_key_then_a_good_one_without_a_restart(self):
        good = self.box.pack.read_bytes()
        self.box.pack.write_bytes(good.replace("示例".encode(), "范例".encode(), 1))
        self.start_with("bad_signature")
        part = self.box.pack.with_suffix(".part")
        part.write_bytes(good)
        part.rename(self.box.pack)
        self.wait_accepting()
        self.assertEqual(self.box.status()["gate"], "open")
        self.box.wait_scene("idle")
        self.give("CN100A")
        self.assertEqual(self.box.status()["gifts"], 1)

    def test_a_pack_key_of_somebody_else(self):
        other = self.ledger.ctl("pack", "key", "--out", self.folder / "other.key").strip()
        self.box.write_config(pack_key=other)
        self.start_with("bad_signature")

    def test_out_of_dates(self):
        self.ledger.start()  # who says what day it is
        for reason, first, last in (("ended", -30, -2), ("not_begun", 2, 30)):
            with self.subTest(reason):
                self.ledger.sign_pack(self.box, SAMPLE, first_day=day(first), last_day=day(last))
                self.start_with(reason)
                self.box.process.stop()

    def test_a_missing_disclosure_is_named(self):
        self.ledger.sign_pack(self.box, SAMPLE, filing="")
        self.assertIn("filing number", self.start_with("missing_disclosure")["gate_text"])

    def test_a_box_that_is_not_in_the_pack(self):
        self.ledger.sign_pack(self.box, SAMPLE, boxes={
            "elsewhere-1": {"place": {"zh": "示例处"}, "host": {"zh": "示例单位"}}})
        self.start_with("box_not_in_pack")


if __name__ == "__main__":
    main()
