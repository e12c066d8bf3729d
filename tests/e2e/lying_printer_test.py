#!/usr/bin/python3
"""A printer that always says that it is ready, while it takes nothing: the slip ends as uncertain
and is never printed again by itself; with the next one the box begins anew."""

from printers import PrinterTest, always_well
from street import BIN, main

from tools.world.devices import Printer


class LyingPrinter(PrinterTest):
    def test_a_printer_that_says_ready_and_takes_nothing_leaves_an_uncertain_slip(self):
        port = self.port()
        port.reply = always_well
        self.begin(port.number)
        self.wait_device("printer", "works")
        self.give_with_slip()
        self.assertEqual(self.wait_slip(1)["outcome"], "uncertain")
        self.wait_device("printer", "works")  # so it says
        self.check_gifts_go_on()
        port.relay = self.box.printer.port
        self.box.wait_scene("idle")
        self.give_with_slip()
        self.assertEqual(self.wait_slip(2)["outcome"], "printed")
        self.check_one_slip_each(self.box.printer, 1)

    def test_a_printer_without_paper_that_says_ready_leaves_an_uncertain_slip(self):
        liar = Printer(BIN, self.folder / "liar", "--lies")
        self.addCleanup(liar.process.stop)
        self.addCleanup(liar.control.close)
        self.begin(liar.port)
        self.wait_device("printer", "works")
        liar.ask("paper-out")
        self.give_with_slip()
        self.assertEqual(self.wait_slip(1)["outcome"], "uncertain")
        self.check_gifts_go_on()
        liar.ask("paper-in")
        self.box.wait_scene("idle")
        self.give_with_slip()
        self.assertEqual(self.wait_slip(2)["outcome"], "printed")
        # What it held came out with the new paper; kioskd sent it once.
        self.check_one_slip_each(liar, 2)

    def check_one_slip_each(self, printer, on_paper):
        """Two gifts, each printed at most once; so many of their slips came out whole."""
        self.wait_kept_slips(printer, on_paper)
        self.assertEqual([(slip["outcome"], slip["copy"]) for slip in self.entries("slip")],
                         [("uncertain", 1), ("printed", 1)])
        gifts = {slip["gift"] for slip in self.entries("slip")}
        self.assertEqual(len(gifts), 2)
        self.stop_and_audit()
        self.wait_kept_slips(printer, on_paper)


if __name__ == "__main__":
    main()
