#!/usr/bin/python3
"""An acceptor is pulled out of the running box and one of another model put in, and back: a gap is
recorded, nothing of anybody's past is credited, only money that both sides agree on is taken, and
boxctl devices names the rest."""

from street import BIN, SAMPLE, StreetTest, main, wait_for

from tools.world.box import Box
from tools.world.devices import CoinAcceptor, NoteAcceptor
from tools.world.ledger import DOMAIN


class Socket:
    """The box's end of a cable: a name of its own for whichever acceptor is plugged in."""

    def __init__(self, path, device):
        self.path, self.device = path, device
        path.symlink_to(device.port)

    def swap(self, device):
        """Pulls the plug of what is in, and puts another in."""
        self.device.ask("unplug")
        self.path.unlink()
        device.ask("plug")
        self.path.symlink_to(device.port)
        self.device = device


class OtherModels(StreetTest):
    def make_box(self, box_id):
        box = Box(BIN, self.folder / box_id, self.ledger.port, box_id)
        self.addCleanup(box.stop)
        box.add_note_acceptor("--moving-ms", "1000")
        self.ledger.sign_pack(box, SAMPLE)
        box.write_config()
        self.coin_socket = Socket(box.folder / "coin.socket", box.coin)
        self.note_socket = Socket(box.folder / "note.socket", box.note)
        text = box.config.read_text(encoding="utf-8")
        for socket in (self.coin_socket, self.note_socket):
            text = text.replace(str(socket.device.port), str(socket.path))
        box.config.write_text(text, encoding="utf-8")
        box.ctl("init", "--domain", DOMAIN)
        self.ledger.enrol(box)
        return box

    def other(self, kind, *options):
        folder = self.folder / f"other-{kind.__name__}"
        folder.mkdir()
        device = kind(BIN, folder, *options)
        self.addCleanup(device.process.stop)
        self.addCleanup(device.control.close)
        device.ask("unplug")
        return device

    def start(self):
        self.box.start()
        for name in ("coin", "note"):
            self.wait_open(name)

    def wait_open(self, name, serial=None):
        def is_open():
            self.box.process.expect_running()
            row = self.devices()[name]
            return row.get("open") and (serial is None or row["serial"] == serial)
        wait_for(f"the {name} acceptor {serial or ''} to be open", is_open, 60)

    def wait_note_cash(self, *fens):
        def taken():
            self.box.process.expect_running()
            return [entry["fen"] for entry in self.entries("cash") if entry["device"] == "note"]
        wait_for(f"the notes {fens} in the journal", lambda: taken() == list(fens))

    def gaps(self):
        return [(entry["device"], entry["why"], entry["lost"]) for entry in self.entries("gap")]

    def test_a_coin_acceptor_with_other_coins(self):
        old = self.box.coin
        new = self.other(CoinAcceptor, "--serial", "777", "--coins", "CN100A,US025A,CN010A,CN050A")
        self.start()
        self.give("CN100A", "CN050A")
        self.coin_socket.swap(new)
        self.wait_open("coin", "777")
        text = self.box.ctl("devices")
        for words in ("position 2: CN100B in the table, US025A in the device",
                      "position 3: CN050A in the table, CN010A in the device",
                      "position 4: CN010A in the table, CN050A in the device"):
            self.assertIn(words, text)
        self.assertIn("compare its label with the table of its section", text)
        self.assertIn("serial 777", text)
        for coin in ("US025A", "CN010A", "CN050A"):
            self.assertFalse(new.drop(coin), f"a {coin} would be taken for what it is not")
        before = self.box.status()["cash_fen"]
        self.assertEqual(before, 150)
        self.assertTrue(new.drop("CN100A"))
        wait_for("the coin of the new unit", lambda: self.box.status()["cash_fen"] == 250)
        # The old one comes back with two coins in its memory that were credited long ago.
        self.coin_socket.swap(old)
        self.wait_open("coin", self.serial_of("coin", 0))
        self.assertNotIn("coin-table", self.box.ctl("devices"))
        self.give("CN010A")
        figures = self.stop_and_audit()
        self.assertEqual((figures["cash"], figures["fen"]), (4, 260))
        self.assertEqual(self.gaps(), [("coin", "swapped", None)] * 2)
        self.assertEqual(len(old.accepted()) + len(new.accepted()), 4)

    def serial_of(self, device, number):
        """The serial number that the journal's cash entry of that device names."""
        return [entry for entry in self.entries("cash") if entry["device"] == device][number][
            "serial"]

    def test_a_note_acceptor_with_other_notes(self):
        old = self.box.note
        new = self.other(NoteAcceptor, "--serial", "777", "--notes", "CN0001A,CN0010A,CN0005A,-",
                         "--moving-ms", "300")
        self.start()
        self.assertTrue(old.insert("CN0005A"))
        self.wait_note_cash(500)
        self.note_socket.swap(new)
        self.wait_open("note", "777")
        text = self.box.ctl("devices")
        for words in ("position 2: CN0005A in the table, CN0010A in the device",
                      "position 3: CN0010A in the table, CN0005A in the device",
                      "position 4: CN0020A in the table"):
            self.assertIn(words, text)
        for note in ("CN0005A", "CN0010A"):
            self.assertFalse(new.insert(note), f"a {note} would be taken for what it is not")
        self.assertTrue(new.insert("CN0001A"))
        self.wait_note_cash(500, 100)
        self.give("CN100A")  # the coins never noticed
        self.note_socket.swap(old)
        self.wait_open("note", self.serial_of("note", 0))
        self.assertNotIn("note-table", self.box.ctl("devices"))
        self.assertTrue(old.insert("CN0020A"))
        self.wait_note_cash(500, 100, 2000)
        figures = self.stop_and_audit()
        self.assertEqual((figures["notes"], figures["note_fen"], figures["fen"]), (3, 2600, 2700))
        self.assertEqual(self.gaps(), [("note", "swapped", None)] * 2)

    def test_an_acceptor_pulled_out_with_a_note_on_its_way_is_a_dispute(self):
        old = self.box.note
        new = self.other(NoteAcceptor, "--serial", "777")
        self.start()
        self.assertTrue(old.insert("CN0100A"))
        wait_for("its intent", lambda: self.entries("intent"))
        self.note_socket.swap(new)
        self.wait_open("note", "777")
        ended = wait_for("the end of the intent", lambda: self.entries("disputed", "cash"))
        # On a slow machine it may have been stacked before the plug was out.
        disputed = 10000 if ended[0]["type"] == "disputed" else 0
        wait_for("the old unit to stack it", lambda: old.notes("stacked"))
        self.note_socket.swap(old)
        self.wait_open("note", self.entries("intent")[0]["serial"])
        self.assertTrue(old.insert("CN0001A"))
        self.wait_note_cash(*[10000] * (disputed == 0), 100)
        figures = self.stop_and_audit()
        self.assertEqual((figures["note_fen"], figures["disputed_fen"], figures["pending"]),
                         (10100 - disputed, disputed, 0))


if __name__ == "__main__":
    main()
