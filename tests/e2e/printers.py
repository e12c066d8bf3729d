"""What the tests of printers that misbehave share: a box whose printer is at any TCP port."""

import re

from raw_devices import Port
from street import StreetTest, wait_for

WELL = 0x12  # the answer of DLE EOT n: nothing is wrong
QUESTION = re.compile(rb"\x10\x04[\x01-\x04]")


def always_well(data):
    """Says that all is well, and takes no notice of anything else."""
    return bytes([WELL]) * len(QUESTION.findall(data))


class PrinterTest(StreetTest):
    def begin(self, number):
        """A running box whose printer is at that TCP port."""
        self.replace_in_config(f"tcp:127.0.0.1:{self.box.printer.port}", f"tcp:127.0.0.1:{number}")
        self.box.start()
        self.wait_accepting()

    def port(self):
        port = Port()
        self.addCleanup(port.close)
        return port

    def wait_kept_slips(self, printer, count):
        """Until so many slips of gifts are on paper, each whole."""
        def kept():
            texts = [path.read_text(encoding="utf-8") for path in printer.slips.glob("*.txt")]
            return sum("本凭条不是公益事业捐赠票据" in text for text in texts)
        wait_for("the slips to be kept", lambda: kept() >= count)
        self.assertEqual(kept(), count)

    def check_gifts_go_on(self):
        gifts = self.box.status()["gifts"]
        self.give("CN100A")
        wait_for("a gift without a slip", lambda: self.box.status()["gifts"] == gifts + 1)
