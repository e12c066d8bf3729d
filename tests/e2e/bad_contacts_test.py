#!/usr/bin/python3
"""A door contact that is not there, says nonsense, bounces without end or hangs on a loose wire:
coins go on, the box says what is wrong, its log stays short, and a true opening is told all the
same."""

from street import BIN, LARGEST_GROWTH, StreetTest, main, wait_for

from tools.world.devices import Door

LARGEST_LOG = 20_000    # bytes
MOST_CHANGES = 31       # of a contact within ten minutes; then it is restless


class BadContacts(StreetTest):
    def setUp(self):
        super().setUp()
        self.door = Door(self.folder)
        self.addCleanup(self.door.close)
        with open(self.box.config, "a", encoding="utf-8") as config:
            config.write(self.door.section())

    def start(self):
        self.box.start()
        self.wait_accepting()

    def wait_door(self, word):
        wait_for(f"the door: {word}", lambda: self.box.process.expect_running() or
                 f"door: {word}" in self.box.ctl("devices"), 60)

    def check_coins_go_on(self):
        gifts = self.box.status()["gifts"]
        self.give("CN100A")
        wait_for("the gift", lambda: self.box.status()["gifts"] == gifts + 1)

    def check_load(self, before):
        memory, log = self.load()
        if "asan" not in BIN.parts:
            self.assertLess(memory - before[0], LARGEST_GROWTH)
        self.assertLess(log - before[1], LARGEST_LOG, self.box.process.log.read_text()[-2000:])

    def check_true_opening(self):
        """An opening, and a shutting, each told once."""
        known = len(self.entries("door"))
        self.door.move(True)
        self.wait_door("OPEN")
        self.door.move(False)
        self.wait_door("closed")
        self.wait_accepting()
        wait_for("both entries", lambda: len(self.entries("door")) >= known + 2)
        self.assertEqual([entry["state"] for entry in self.entries("door")[known:]],
                         ["opened", "closed"])
        self.check_coins_go_on()
        self.stop_and_audit()

    def test_nonsense_and_bounces_without_end_are_no_opening(self):
        self.start()
        self.door.move(False)
        self.wait_door("closed")
        before = self.load()
        for text in ("open\n" * 50_000, "\n" * 200_000, "1" * 300_000 + "\n",
                     "2\n10\n-1\n" * 20_000, "1\n0\n" * 50_000, "1 0.5\n0 0.5\n" * 20_000):
            self.door.write(text)  # until it is read
            self.check_coins_go_on()
        self.assertEqual(self.entries("door"), [])
        self.assertIn("door: closed", self.box.ctl("devices"))
        self.check_load(before)
        self.check_true_opening()

    def test_a_loose_wire_is_a_fault_and_does_not_fill_the_log(self):
        self.start()
        self.door.move(False)
        self.wait_door("closed")
        before = self.load()
        changes = 0

        def shaken():
            nonlocal changes
            changes += 1
            self.door.move(changes % 2 == 1)
            return self.devices()["door"]["code"] == "restless"
        wait_for("the contact to be called restless", shaken, 120, 0.2)
        for _ in range(10):
            wait_for("the wire to be read", lambda: shaken() or True, interval=0.2)
        self.assertGreater(changes, MOST_CHANGES)
        self.assertLessEqual(len(self.entries("door")), MOST_CHANGES)
        text = self.box.ctl("devices")
        self.assertRegex(text, r"door +DOES NOT WORK, since \d+ s: door: its contact changes again")
        self.assertIn("do: check its wire and its magnet", text)
        self.check_load(before)
        self.door.move(False)
        self.wait_device("door", "works")
        self.check_true_opening()

    def test_a_line_that_does_not_exist_is_named_and_found_again(self):
        self.door.contact.rename(self.folder / "kept.pipe")
        self.door.contact.write_text("not a pipe")
        self.start()
        self.wait_device("door", "fault")
        text = self.box.ctl("devices")
        self.assertRegex(text, r"door +DOES NOT WORK, since \d+ s: door: .*is no pipe")
        self.assertIn("do: the door's contacts cannot be read: check the cable; gifts go on", text)
        self.check_coins_go_on()
        (self.folder / "kept.pipe").rename(self.door.contact)
        self.wait_device("door", "works")
        self.door.move(False)
        self.wait_door("closed")
        self.check_true_opening()


if __name__ == "__main__":
    main()
