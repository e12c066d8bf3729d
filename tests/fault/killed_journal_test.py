"""A process killed at any moment loses nothing that it acknowledged (usage: this BIN)."""

import random
import subprocess
import sys
import tempfile
import time

ROUNDS = 40
feeder = sys.argv[1] + "/journal_feeder"


def check(path, acknowledged):
    """Opens and verifies the journal and compares every acknowledged entry; its size."""
    result = subprocess.run([feeder, "check", path], capture_output=True, text=True, timeout=60)
    entries = dict(line.split()[1:] for line in result.stdout.splitlines() if line[:5] == "entry")
    if result.returncode != 0:
        sys.exit(f"damaged: {result.stdout} {result.stderr}")
    for seq, leaf in acknowledged.items():
        if entries.get(seq) != leaf:
            sys.exit(f"entry {seq} was acknowledged and is not there")
    return len(entries)


def main():
    chance = random.Random(20261017)
    acknowledged = {}
    with tempfile.TemporaryDirectory() as directory:
        path = directory + "/journal.db"
        for _ in range(ROUNDS):
            process = subprocess.Popen([feeder, "free", path], stdout=subprocess.PIPE, text=True)
            # From the first microseconds of opening to many commits and checkpoints later.
            time.sleep(chance.choice([0.001, 0.005, 0.02, 0.1]) * chance.random() * 2)
            process.kill()
            output, _ = process.communicate(timeout=60)
            for line in output.splitlines(keepends=True):
                # A line that was cut in the pipe was not yet said.
                if line.startswith("ack ") and line.endswith("\n"):
                    _, seq, leaf = line.split()
                    acknowledged[seq] = leaf
            size = check(path, acknowledged)
    if not acknowledged:
        sys.exit("no round came as far as a coin: this test sees nothing")
    print(f"{ROUNDS} kills, {len(acknowledged)} entries acknowledged, {size} found, none lost")


main()
