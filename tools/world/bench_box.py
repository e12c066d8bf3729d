#!/usr/bin/python3
"""Rows of tools/bench that need a whole box: a real kioskd between its simulated devices and a real
ledger. Goals are absolute: "name | ours | reference | ratio | goal | holds or short"."""

import argparse
import contextlib
import json
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP))

from tools.world.box import Box  # noqa: E402
from tools.world.devices import Door, Scanner  # noqa: E402
from tools.world.ledger import DOMAIN, Ledger  # noqa: E402
from tools.world.process import Failure, run, wait_for  # noqa: E402
from tools.world.rows import plain_row as row  # noqa: E402

ENTRIES = 100_000
STARTS = 7
COINS = 150
RUSH = 300        # coins: one minute
IDLE = 40.0       # seconds: five panels
SAMPLE = 0.05
FADE_FRAMES = 12  # at most, of a cross-fade
AROUND_FADE = 0.6


def mains(folder):
    """A machine's power supply as Linux shows it."""
    (folder / "AC").mkdir(parents=True)
    for name, value in (("type", "Mains"), ("online", "1")):
        (folder / "AC" / name).write_text(value + "\n")
    return f'\n[board]\ndriver = "sysfs_power"\npath = "{folder}"\n'


class World:
    def __init__(self, folder, bin_folder):
        self.bin = bin_folder
        self.ledger = Ledger(bin_folder, folder / "ledger")
        self.box = Box(bin_folder, folder / "box", self.ledger.port)
        self.ledger.sign_pack(self.box, TOP / "config/campaign/sample.json")
        self.box.add_note_acceptor()
        self.box.write_config()
        self.others = (Door(folder).section() + Scanner(folder / "scanner.pipe").section() +
                       mains(folder / "power"))
        with open(self.box.config, "a", encoding="utf-8") as config:
            config.write(self.others)
        self.box.ctl("init", "--domain", DOMAIN)
        self.ledger.enrol(self.box)
        self.ledger.start()

    def fill(self):
        request = json.loads((self.box.data / "request.json").read_text())
        run(self.bin / "fill_journal", self.box.journal, "--origin", request["origin"], "--key",
            request["log"], "--entries", ENTRIES)

    def wait_accepting(self):
        wait_for("coins to be taken", lambda: self.box.status().get("accepting"), 60)

    def wait_quiet(self):
        """Until all is verified, printed and synced, and the idle scene is back."""
        wait_for("the journal to be verified", lambda: "good" in self.verification(), 120)
        wait_for("everything to be synced", lambda: self.box.status().get("unsynced") == 0, 120)
        self.box.wait_scene("idle")
        time.sleep(4)  # the last checkpoint, the last picture

    def verification(self):
        return self.box.status().get("verification", {})

    def without_acceptors(self):
        text = self.box.config.read_text()
        self.box.config.write_text(text[:text.index("[coin]")] + '[coin]\ndriver = "none"\n' +
                                   self.others)

    def stop(self):
        self.box.stop()
        self.ledger.stop()


def start_rows(world):
    """Killed and started again, as after a power cut."""
    world.box.start()
    world.wait_accepting()
    world.wait_quiet()
    taken = []
    for _ in range(STARTS):
        world.box.kill()
        world.box.start()
        taken.append(world.box.status()["ready_ms"])
        world.wait_accepting()
    row(f"kioskd start to ready, journal of {ENTRIES} entries", statistics.median(taken), "ms", 150)


def coin_rows(world):
    """A queue of children, one of four asks for a slip; the ledger takes every entry meanwhile."""
    for number in range(COINS):
        if not world.box.drop("CN100A"):
            raise Failure("the acceptor refused a coin")
        if number % 4 == 3:
            world.box.tap("print_slip")
    wait_for("the slips", lambda: len(list(world.box.printer.slips.iterdir())) > 0)
    status = world.box.status()
    shown = status["coin_to_frame_us"]
    if shown["count"] < COINS * 0.8:
        raise Failure(f"of {COINS} coins only {shown['count']} were timed")
    row(f"coin on the wire to thanks in the frame, p99 of {shown['count']} coins, sync and printing",
        shown["p99"] / 1000, "ms", 50)
    durable = status["coin_to_durable_us"]
    row(f"coin on the wire to durable entry, p99 of {durable['count']} coins, sync and printing",
        durable["p99"] / 1000, "ms", 50)


def rush_row(world):
    """Five coins a second, and two of every five answers of the acceptor never arrive."""
    before = world.box.status()["cash"]
    world.box.coin.ask("lose 2 5")
    next_coin = time.monotonic()
    taken = 0
    for _ in range(RUSH):
        taken += world.box.drop("CN010A", 0)
        next_coin += 0.2
        time.sleep(max(0, next_coin - time.monotonic()))
    world.box.coin.ask("lose 0 1")
    with contextlib.suppress(Failure):
        wait_for("the coins", lambda: world.box.status().get("cash", 0) >= before + taken, 20)
    missing = RUSH - (world.box.status()["cash"] - before)
    row(f"coins not durable, of {RUSH} at five a second with two of five polls dropped", missing,
        "", 0, noise=0, decimals=0)


def memory_row(world):
    """The frame buffers are the anonymous mappings that hold whole frames (renderer and fades)."""
    frame = world.box.width * world.box.height * 4
    proc = pathlib.Path(f"/proc/{world.box.process.pid}")
    pss = int(next(line for line in (proc / "smaps_rollup").read_text().splitlines()
                   if line.startswith("Pss:")).split()[1]) * 1024
    frames = 0
    size = 0
    for line in (proc / "smaps").read_text().splitlines():
        words = line.split()
        if "-" in words[0] and len(words) >= 5 and not words[0].endswith(":"):
            size = 0 if len(words) > 5 else sum(
                sign * int(end, 16) for sign, end in zip((-1, 1), words[0].split("-")))
        elif words[0] == "Pss:":
            # Whole frames in it, as far as they are in memory.
            frames += min(size // frame * frame, int(words[1]) * 1024)
    row(f"kioskd PSS idle, {frames / 1e6:.1f} MB of frame buffers apart", (pss - frames) / 1e6,
        "MB", 40)


def switches(pid):
    """How often the threads have been woken, together."""
    total = 0
    for status in pathlib.Path(f"/proc/{pid}/task").glob("*/status"):
        for line in status.read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                total += int(line.split()[1])
    return total


def watch(world):
    """Wake-ups in each of many short stretches of time: (begin, end, count)."""
    samples = []
    begin, before = time.time(), switches(world.box.process.pid)
    ending = begin + IDLE
    while begin < ending:
        time.sleep(SAMPLE)
        now, count = time.time(), switches(world.box.process.pid)
        samples.append((begin, now, count - before))
        begin, before = now, count
    return samples


def fades(world, since):
    """When pictures came, those of one fade together."""
    times = sorted(path.stat().st_mtime for path in world.box.screens.glob("0*.png"))
    groups = []
    for moment in times:
        if moment < since:
            continue
        if groups and moment - groups[-1][-1] < AROUND_FADE:
            groups[-1].append(moment)
        else:
            groups.append([moment])
    return groups


def rate(samples, groups):
    """Wake-ups a second between the fades."""
    def quiet(begin, end):
        return all(end < group[0] - AROUND_FADE or begin > group[-1] + AROUND_FADE
                   for group in groups)
    kept = [(end - begin, count) for begin, end, count in samples if quiet(begin, end)]
    return sum(count for _, count in kept) / sum(length for length, _ in kept)


def idle_rows(world):
    world.wait_quiet()
    memory_row(world)
    begun = time.time()
    with_poll = rate(watch(world), fades(world, begun))

    world.box.kill()
    world.without_acceptors()
    world.box.start()
    world.wait_quiet()
    frames = world.box.status()["frames"]
    begun = time.time()
    samples = watch(world)
    groups = fades(world, begun)
    frames = world.box.status()["frames"] - frames
    apart = [later[0] - earlier[0] for earlier, later in zip(groups, groups[1:])]
    row("wake-ups a second, idle, between cross-fades, every device but the polled acceptors "
        f"({with_poll:.1f} with coins and notes polled)", rate(samples, groups), "/s", 1, decimals=2)
    row(f"redraws in {IDLE:.0f} s idle apart from {len(groups)} cross-fades",
        max(0, frames - FADE_FRAMES * len(groups)) + sum(gap < 7 for gap in apart), "", 0, noise=0,
        decimals=0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=pathlib.Path, default=TOP / "build/release/bin")
    parser.add_argument("--only", choices=["start", "coin", "idle"], help="these rows only")
    arguments = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="yijuan-bench-box-"))
    world = None
    try:
        world = World(folder, arguments.bin.resolve())
        world.fill()
        if arguments.only in (None, "start"):
            start_rows(world)
        if arguments.only != "start":
            if not world.box.process:
                world.box.start()
            world.wait_accepting()
        if arguments.only in (None, "coin"):
            world.wait_quiet()
            coin_rows(world)
            world.wait_quiet()
            rush_row(world)
        if arguments.only in (None, "idle"):
            idle_rows(world)
        return 0
    except Failure as failure:
        print(f"bench_box: {failure}", file=sys.stderr)
        return 1
    finally:
        if world:
            world.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
