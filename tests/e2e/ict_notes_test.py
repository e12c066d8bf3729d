#!/usr/bin/python3
"""Notes in an ICT acceptor, which has no recovery: every note in its box is money in the journal or
a dispute, whatever is lost on the wire, by power or by a killed kioskd; nothing is guessed."""

from street import BIN, StreetTest, main, wait_for

from tools.world.devices import NoteAcceptor

NOTES = {"CN0001A": 100, "CN0005A": 500, "CN0010A": 1000}


class IctNotes(StreetTest):
    def setUp(self):
        super().setUp()
        # Slow enough that something can happen while a note is stacked.
        self.note = NoteAcceptor(BIN, self.box.folder, "--moving-ms", "2500", "--notes",
                                 ",".join(NOTES), protocol="ict")
        self.addCleanup(self.note.process.stop)
        self.addCleanup(self.note.control.close)
        table = "".join(f"[[note.table]]\nposition = {position}\nfen = {fen}\n"
                        for position, fen in enumerate(NOTES.values(), 1))
        with open(self.box.config, "a", encoding="utf-8") as config:
            config.write(f'\n[note]\ndriver = "ict"\nport = "serial:{self.note.port}"\n{table}')

    def insert(self, note):
        """One note, taken; when this returns its intent is in the journal."""
        before = len(self.entries("intent"))
        wait_for(f"a {note} to be drawn in", lambda: self.note.insert(note), 60)
        wait_for("its intent", lambda: len(self.entries("intent")) > before, 60)

    def settled(self):
        ended = sum(len(self.entries(kind)) for kind in ("returned", "disputed"))
        taken = [entry for entry in self.entries("cash") if entry["device"] == "note"]
        return ended + len(taken) == len(self.entries("intent"))

    def wait_settled(self):
        wait_for("every note to be decided", self.settled, 90)

    def test_every_note_in_the_box_is_money_or_a_dispute(self):
        self.box.start()
        self.wait_accepting()
        for note in ("CN0001A", "CN0010A"):
            self.insert(note)
            self.wait_settled()
        self.assertEqual([entry["fen"] for entry in self.entries("cash")], [100, 1000])

        self.insert("CN0005A")  # its "stacked" never arrives
        self.assertEqual(self.note.ask("lose 1"), "ok")
        self.wait_settled()
        self.assertEqual(len(self.entries("disputed")), 1)

        self.insert("CN0005A")  # the acceptor loses its power while it stacks
        self.assertEqual(self.note.ask("power-cycle 500"), "ok")
        self.wait_settled()
        self.assertEqual(len(self.entries("disputed")), 2)

        self.insert("CN0005A")  # kioskd is killed while it stacks
        self.box.kill()
        self.box.start()
        self.wait_settled()
        self.assertEqual(len(self.entries("disputed")), 3)

        self.insert("CN0001A")  # and it goes on
        self.wait_settled()
        self.check()

    def check(self):
        self.stop_and_audit()
        stacked = sum(int(fields[4]) for fields in self.note.notes("stacked"))
        cash = sum(entry["fen"] for entry in self.entries("cash"))
        disputed = sum(entry["fen"] for entry in self.entries("disputed"))
        self.assertEqual(cash, 1200)
        # What is disputed may have gone back: nobody can tell.
        self.assertGreaterEqual(stacked, cash)
        self.assertLessEqual(stacked, cash + disputed)


if __name__ == "__main__":
    main()
