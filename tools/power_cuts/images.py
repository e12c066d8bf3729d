"""What a disk may hold after a power cut: everything up to the last flush that it completed, and of
the later writes any part, block by block, also the newer without the older."""

import random
import struct

BLOCK = 4096  # bytes, written whole or not at all
# How likely a write that was not flushed is on the disk all the same.
SHARES = (0.0, 0.1, 0.5, 0.5, 0.9, 1.0)


def read_log(path):
    """The records (position after it, offset, bytes); bytes None for a flush."""
    records, content, at = [], path.read_bytes(), 0
    while at < len(content):
        offset, size, kind = struct.unpack_from("<QII", content, at)
        at += 16 + size
        records.append((at, offset, None if kind == 1 else content[at - size:at]))
    return records


class Images:
    """Builds the images of one log. Quick for cuts in rising order."""

    def __init__(self, base, records):
        self.base = base.read_bytes()
        self.records = records
        # For each number of records sent, how many of them the last flush among them had covered.
        self.flushed = [0]
        for number, (_, _, data) in enumerate(records):
            self.flushed.append(number if data is None else self.flushed[-1])
        self.begin()

    def begin(self):
        self.durable = bytearray(self.base)
        self.applied = 0

    def build(self, cut, chance, image):
        """Writes the disk after a cut when `cut` records had been sent to the file `image`."""
        durable = self.flushed[cut]
        if durable < self.applied:
            self.begin()
        for _, offset, data in self.records[self.applied:durable]:
            if data is not None:
                self.durable[offset:offset + len(data)] = data
        self.applied = durable
        share = chance.choice(SHARES)
        with open(image, "wb") as disk:
            disk.write(self.durable)
            for _, offset, data in self.records[durable:cut]:
                for at in range(0, len(data or b""), BLOCK):
                    if chance.random() < share:
                        disk.seek(offset + at)
                        disk.write(data[at:at + BLOCK])


def chance_of(seed, name):
    """The same for the same image, whatever was built before it."""
    return random.Random(f"{seed} {name}")
