#!/usr/bin/python3
"""A printer that is not there, answers nothing, half, garbage or without end: gifts go on without
slips, the box says what is wrong, and a good printer is found again."""

import random
import re

from printers import PrinterTest, always_well
from street import BIN, LARGEST_GROWTH, main

from tools.world.devices import Printer
from tools.world.process import free_port

LARGEST_LOG = 20_000    # bytes


class BadPrinter(PrinterTest):
    def check_trouble(self):
        self.box.wait_scene("idle")
        code, words = self.boxctl("test", "printer")
        self.assertEqual(code, 1, words)
        self.assertRegex(words, r"(NOT printed|perhaps printed in part): \w")
        self.wait_device("printer", "fault")
        text = self.box.ctl("devices")
        self.assertRegex(text, r"(?m)^printer +DOES NOT WORK, since \d+ s: \w")
        self.assertIn("do: check paper, cover, power and cable; gifts go on without slips", text)

    def test_nothing_garbage_and_floods_are_told_and_survived(self):
        port = self.port()
        chance = random.Random(20261128)

        def noise(_):
            return chance.randbytes(chance.randrange(1, 64))

        def half(data):
            """Knows only two of the four questions."""
            return always_well(re.sub(rb"\x10\x04[\x03\x04]", b"", data))

        self.begin(port.number)
        memory = log = 0
        for reply, flood in ((lambda data: b"", b""), (noise, b""), (half, b""),
                             (lambda data: b"", chance.randbytes(4096)),
                             (lambda data: b"", b"\x37" * 4096)):  # the head of an endless block
            port.reply, port.flood = reply, flood
            clients, flooded = port.clients, port.flooded
            self.check_trouble()
            self.assertGreater(port.clients, clients, "nobody asked the printer")
            self.assertTrue(not flood or port.flooded > flooded)
            if not memory:
                memory, log = self.load()
        self.check_gifts_go_on()
        port.flood = b""
        more_memory, more_log = self.load()
        if "asan" not in BIN.parts:
            self.assertLess(more_memory - memory, LARGEST_GROWTH)
        self.assertLess(more_log - log, LARGEST_LOG, self.box.process.log.read_text()[-2000:])
        port.relay = self.box.printer.port
        self.wait_device("printer", "works")
        self.give_with_slip()
        self.assertEqual(self.wait_slip(1)["outcome"], "printed")
        self.wait_kept_slips(self.box.printer, 1)
        self.stop_and_audit()

    def test_a_port_where_nobody_listens_is_named_and_found_again(self):
        number = free_port()
        self.begin(number)
        self.check_trouble()
        self.check_gifts_go_on()
        self.assertIn(f"tcp:127.0.0.1:{number}", self.box.ctl("devices"))
        late = Printer(BIN, self.folder / "late", "--port", number)
        self.addCleanup(late.process.stop)
        self.wait_device("printer", "works")
        self.give_with_slip()
        self.assertEqual(self.wait_slip(1)["outcome"], "printed")
        self.stop_and_audit()


if __name__ == "__main__":
    main()
