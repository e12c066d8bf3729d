#!/usr/bin/python3
"""What a technician does at a real box: looks at its devices, tests each, opens the door, swaps an
acceptor; and what the box says when a device is not there or is another one."""

import os
import pathlib
import re
import signal
import time

from street import BIN, StreetTest, audit, main, wait_for

from tools.world.devices import Door


class Devices(StreetTest):
    def add_door(self, has_lock=True):
        self.door = Door(self.folder)
        self.addCleanup(self.door.close)
        section = self.door.section()
        with open(self.box.config, "a", encoding="utf-8") as config:
            config.write(section if has_lock else section[:section.index("[door.lock]")])

    def start(self):
        self.box.start()
        self.wait_accepting()

    def test_devices_are_listed_with_identity_and_state(self):
        self.start()
        self.give("CN100A", "CN050A")
        rows = self.devices()
        coin = rows["coin"]
        self.assertEqual((coin["state"], coin["driver"], coin["pieces"], coin["fen"]),
                         ("works", "cctalk", 2, 150))
        self.assertTrue(coin["serial"] and coin["open"])
        self.assertEqual(coin["port"], f"serial:{self.box.coin.port}")
        self.assertEqual({rows[name]["state"] for name in ("note", "door", "board", "scanner")},
                         {"none"})
        text = self.box.ctl("devices")
        self.assertRegex(text, r"(?m)^coin +works, since ")
        self.assertRegex(text, r"(?m)^door +none configured$")

    def test_test_coins_are_in_no_gift(self):
        self.start()
        self.give("CN100A")
        self.box.wait_scene("idle")
        child, said = self.begin_boxctl("test", "coin", "--pieces", "2")
        self.box.wait_scene("testing")
        code, words = self.boxctl("test", "coin")
        self.assertEqual(code, 1)
        self.assertIn("another test is under way", words)
        for coin in ("CN100A", "CN050A"):
            self.assertTrue(self.box.drop(coin))
        self.assertEqual(child.wait(30), 0, said.read_text())
        self.assertRegex(said.read_text(), r"(?m)^1.00 yuan, position 1, counter \d+: test money")
        self.assertIn("2 pieces, 1.50 yuan of test money", said.read_text())
        self.box.wait_scene("idle")
        self.assertEqual(self.box.status()["gifts"], 1)
        self.give("CN100A")
        wait_for("the coin's gift", lambda: self.box.status()["gifts"] == 2)
        self.stop_and_audit()

    def test_a_test_ends_with_its_connection(self):
        self.start()
        child, _ = self.begin_boxctl("test", "coin")
        self.box.wait_scene("testing")
        child.send_signal(signal.SIGINT)
        child.wait(10)
        self.box.wait_scene("idle")
        self.wait_accepting()

    def test_the_printer_prints_a_slip_that_is_no_gifts(self):
        self.start()
        code, words = self.boxctl("test", "printer")
        self.assertEqual(code, 0, words)
        self.assertIn("printed: look", words)
        slips = wait_for("the slip", lambda: list(self.box.printer.slips.glob("*.txt")))
        self.assertIn("TEST", "".join(path.read_text(encoding="utf-8") for path in slips))
        self.assertEqual(self.box.status()["gifts"], 0)
        self.stop_and_audit()

    def test_a_test_is_refused_while_somebody_gives(self):
        self.start()
        self.box.tap("begin_free")
        for device in ("coin", "printer", "screen"):
            code, words = self.boxctl("test", device)
            self.assertEqual(code, 1, words)
            self.assertIn("somebody stands in front", words)
        code, words = self.boxctl("test", "note")
        self.assertEqual(code, 1)
        self.assertIn("[note] is none", words)

    def test_the_test_card_shows_where_fingers_are_felt(self):
        self.start()
        child, said = self.begin_boxctl("test", "screen")
        self.box.wait_scene("test_card")
        self.box.finger.tap(300, 400)
        wait_for("the touch", lambda: "touched at 300, 400" in said.read_text())
        child.send_signal(signal.SIGINT)
        child.wait(10)
        self.box.wait_scene("idle")

    def test_a_coin_ends_the_test_card(self):
        self.start()
        child, said = self.begin_boxctl("test", "screen")
        self.box.wait_scene("test_card")
        self.give("CN100A")
        self.assertEqual(child.wait(20), 0, said.read_text())
        self.assertIn("somebody stands in front", said.read_text())

    def test_a_door_with_a_key_is_opened_with_authority_too(self):
        self.add_door(has_lock=False)
        self.start()
        self.door.move(False)
        code, words = self.boxctl("door", "open")
        self.assertEqual(code, 0, words)
        self.assertIn("open the door with its key within 5 minutes", words)
        self.door.move(True)
        wait_for("the open door", lambda: "OPEN" in self.box.ctl("status"))
        self.box.process.stop()
        who = {entry["authority"] for entry in self.entries("door")}
        self.assertEqual(who, {f"boxctl uid {os.getuid()}"})

    def test_the_door_opens_with_authority(self):
        self.add_door()
        self.start()
        self.door.move(False)
        code, words = self.boxctl("door", "open")
        self.assertEqual(code, 1, words)
        self.assertIn("did not open within 10 s", words)
        time.sleep(2)  # the coil rests
        child, said = self.begin_boxctl("door", "open")
        time.sleep(0.5)
        self.door.move(True)
        self.assertEqual(child.wait(20), 0, said.read_text())
        self.assertIn("the door is open", said.read_text())
        self.assertRegex(self.box.ctl("status"), r"(?m)^door +OPEN")
        self.box.process.stop()
        self.assertRegex("".join(self.lines()), rf'"boxctl uid {os.geteuid()}"')

    def test_ports_that_do_not_exist_are_named_and_found_again(self):
        port = self.box.coin.port
        self.replace_in_config(f"serial:{port}", f"serial:{port}-gone")
        self.box.start()
        wait_for("the fault", lambda: self.devices()["coin"]["state"] == "fault")
        text = self.box.ctl("devices")
        self.assertRegex(text, r"coin +DOES NOT WORK, since \d+ s: .*-gone")
        self.assertIn("do: check the coin acceptor's cable", text)
        self.box.wait_scene("out_of_service")
        pathlib.Path(f"{port}-gone").symlink_to(os.readlink(port))
        self.wait_accepting()
        self.give("CN100A")
        self.stop_and_audit()

    def told_of(self, kind, device):
        self.box.process.stop()
        self.assertEqual(audit(self.box.journal)[1]["wrong"], [])
        return [line for line in self.lines()
                if f'"type":"{kind}"' in line and f'"device":"{device}"' in line]

    def wait_works(self, device):
        wait_for(f"{device} to work", lambda: self.devices()[device]["state"] == "works", 60)

    def test_a_touch_panel_that_is_not_there_is_named_and_found_when_it_comes(self):
        os.unlink(self.box.finger.path)
        self.start()
        wait_for("the fault", lambda: self.devices()["touch"]["state"] == "fault")
        text = self.box.ctl("devices")
        self.assertRegex(text, r"touch +DOES NOT WORK, since \d+ s: the touch panel is not there: "
                               rf"{re.escape(str(self.box.finger.path))}")
        self.assertIn("do: check the touch panel's cable; coins and notes go on", text)
        self.assertIn("the touch panel is not there", self.box.ctl("status"))
        self.give("CN100A")
        os.mkfifo(self.box.finger.path)
        self.wait_works("touch")
        self.box.wait_scene("idle")
        self.box.tap("begin_free")
        wait_for("the finger to be felt", lambda: self.box.screen()["scene"] != "idle")
        self.assertEqual(len(self.told_of("fault", "touch")), 1)
        self.assertEqual(len(self.told_of("recovered", "touch")), 1)

    def test_a_scanner_and_a_board_that_are_not_there_are_named_and_found_when_they_come(self):
        scanner, power = self.folder / "scanner", self.folder / "power"
        with open(self.box.config, "a", encoding="utf-8") as config:
            config.write(f"""
[scanner]
driver = "scanner"
path = "{scanner}"

[board]
driver = "sysfs_power"
path = "{power}"
modem = "tcp:127.0.0.1:1"
""")
        self.start()
        for device in ("scanner", "board"):
            wait_for("the fault", lambda name=device: self.devices()[name]["state"] == "fault")
        text = self.box.ctl("devices")
        self.assertRegex(text, rf"scanner +DOES NOT WORK, since \d+ s: .*{scanner}")
        self.assertIn("do: check the scanner's cable; gifts go on", text)
        self.assertRegex(text, rf"board +DOES NOT WORK, since \d+ s: .*{power}.*the modem tcp:")
        self.give("CN100A")
        os.mkfifo(scanner)
        self.wait_works("scanner")
        self.replace_in_config('modem = "tcp:127.0.0.1:1"\n', "")
        (power / "AC").mkdir(parents=True)
        for name, content in (("type", "Mains"), ("online", "1")):
            (power / "AC" / name).write_text(f"{content}\n", encoding="ascii")
        self.box.process.stop()
        self.start()
        self.wait_works("board")
        self.assertRegex(self.box.ctl("devices"), r"(?m)^ +AC$")
        for device in ("scanner", "board"):
            self.assertEqual(len(self.told_of("fault", device)), 1)
            self.assertEqual(len(self.told_of("recovered", device)), 1)

    def test_a_device_that_the_box_has_no_more_takes_its_fault_along(self):
        with open(self.box.config, "a", encoding="utf-8") as config:
            config.write(f"""
[scanner]
driver = "scanner"
path = "{self.folder / "scanner"}"
""")
        self.start()
        wait_for("the fault", lambda: self.devices()["scanner"]["state"] == "fault")
        wait_for("its entry", lambda: "scanner" in self.box.ctl("status"))
        self.box.process.stop()
        self.replace_in_config(f'driver = "scanner"\npath = "{self.folder / "scanner"}"', 'driver = "none"')
        self.start()
        self.assertNotIn("scanner", {row["name"] for row in self.box.status()["devices"]})
        self.assertEqual(len(self.told_of("fault", "scanner")), 1)
        self.assertEqual(len(self.told_of("recovered", "scanner")), 1)

    def test_no_printer_is_no_reason_to_refuse_gifts(self):
        self.replace_in_config(f"tcp:127.0.0.1:{self.box.printer.port}", "tcp:127.0.0.1:1")
        self.start()
        wait_for("the fault", lambda: self.devices()["printer"]["state"] == "fault")
        self.assertIn("gifts go on without slips", self.box.ctl("devices"))
        self.give("CN100A")
        wait_for("the gift", lambda: self.box.status()["gifts"] == 1)
        code, words = self.boxctl("test", "printer")
        self.assertEqual(code, 1, words)

    def swap_acceptor(self, *options):
        self.box.coin.control.close()
        self.box.coin.process.stop()
        self.box.coin = type(self.box.coin)(BIN, self.box.folder, *options)

    def gaps(self):
        self.stop_and_audit()
        return {why for line in self.lines() if '"type":"gap"' in line
                for why in re.findall(r'"why":"([^"]+)"', line)}

    def test_another_acceptor_while_running_is_a_gap_and_goes_on(self):
        self.start()
        self.give("CN100A", "CN100A")
        self.swap_acceptor("--serial", "777")
        wait_for("the other unit", lambda: self.devices()["coin"].get("serial") == "777")
        self.wait_accepting()
        before = self.box.status()["cash"]
        self.assertEqual(before, 2)
        self.give("CN100A")
        self.assertEqual(self.gaps(), {"swapped"})

    def test_another_computer_credits_nothing_of_a_used_acceptors_past(self):
        self.start()
        self.give("CN100A", "CN100A")
        self.box.process.stop()
        self.box.data = self.folder / "new-computer"
        self.box.write_config(data=self.box.data, ledger_url="")
        self.box.ctl("init", "--domain", "ledger.example.org")
        self.start()
        self.assertEqual(self.box.status()["cash"], 0)
        self.give("CN100A")
        self.assertEqual(self.box.status()["cash_fen"], 100)
        self.assertEqual(self.gaps(), {"swapped"})

    def test_a_coin_table_that_does_not_match_is_told(self):
        self.swap_acceptor("--coins", "CN100A,US025A,CN050A,CN010A")
        self.start()
        text = wait_for("the mismatch", lambda: (lambda said: said if "coin-table" in said else "")(
            self.box.ctl("devices")))
        self.assertIn("compare its label", text)
        self.give("CN100A")


if __name__ == "__main__":
    main()
