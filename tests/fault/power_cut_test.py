"""Power cuts: a journal on a real ext4 whose disk loses what was not flushed (usage: this BIN).

The disk is a loop device over blocklog's file, so every write and flush that it was sent is known,
and between which of them each coin was acknowledged. For a cut anywhere a disk image is built:
everything up to the last completed flush, and a random part of the later 4096-byte blocks. It is
mounted (the kernel repairs its file system as after a real cut), the journal is opened and
verified, and every entry acknowledged before the cut must be in it. The negative control runs the
same with syncs swallowed and must lose some: else this test is blind.
"""

import os
import pathlib
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import time

BLOCK = 4096
COINS = 60
CUTS = {"first start": 20, "coin commit": 30, "checkpoint": 20}
CONTROL_CUTS = 12
bin_folder = pathlib.Path(sys.argv[1])


def missing():
    """What this machine lacks to run the test, or nothing."""
    if os.geteuid() != 0:
        return "root"
    for path in ("/dev/fuse", "/dev/loop-control"):
        if not os.path.exists(path):
            return path
    for program in ("mkfs.ext4", "losetup", "mount", "umount"):
        if shutil.which(program) is None:
            return program
    # A container may have the device and not the right.
    if subprocess.run(["losetup", "-f"], capture_output=True).returncode != 0:
        return "a free loop device"
    return None


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


class LoggedDisk:
    """A mounted ext4 whose block traffic is logged."""

    def __init__(self, folder):
        self.folder = folder
        self.base, self.log = folder / "base.img", folder / "blocks.log"
        self.fuse, self.mount = folder / "fuse", folder / "disk"
        self.process = self.loop = None
        self.mounted = False

    def __enter__(self):
        self.fuse.mkdir(parents=True)
        self.mount.mkdir()
        with open(self.base, "wb") as image:
            image.truncate(24 << 20)
        run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", self.base)
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        self.process = subprocess.Popen([bin_folder / "blocklog", self.fuse, self.base, self.log])
        disk = self.fuse / "disk.img"
        for _ in range(500):
            if disk.exists() or self.process.poll() is not None:
                break
            time.sleep(0.02)
        self.loop = run("losetup", "-f", "--show", disk)
        run("mount", "-o", "noatime", self.loop, self.mount)
        self.mounted = True

    def position(self):
        return self.log.stat().st_size

    def __exit__(self, *_):
        if self.mounted:
            run("umount", self.mount)
        if self.loop:
            run("losetup", "-d", self.loop)
        if self.process:
            subprocess.run(["umount", self.fuse], capture_output=True)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()


def feed(disk, *mode):
    """Coins one by one; the acknowledged entries and the stretches of the log, by class."""
    feeder = subprocess.Popen(
        [bin_folder / "journal_feeder", "run", disk.mount / "journal.db", *mode],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(command):
        feeder.stdin.write(command + "\n")
        feeder.stdin.flush()
        return feeder.stdout.readline().split()

    acknowledged, stretches = [], {name: [] for name in CUTS}
    before = disk.position()
    try:
        opened = feeder.stdout.readline().strip()
        if opened != "ready":
            sys.exit(f"the feeder did not open its journal: {opened}")
        stretches["first start"].append((before, disk.position()))
        for _ in range(COINS):
            before = disk.position()
            answer = ask("coin")
            after = disk.position()
            if len(answer) != 3 or answer[0] != "ack":
                sys.exit(f"no acknowledgement: {answer}")
            acknowledged.append((after, answer[1], answer[2]))
            stretches["coin commit"].append((before, after))
            ask("rest")
            if disk.position() > after:
                stretches["checkpoint"].append((after, disk.position()))
    finally:
        feeder.kill()
        feeder.wait()
    return acknowledged, stretches


def read_log(path):
    """The records (position after it, offset, bytes); bytes None for a flush."""
    records, content, at = [], path.read_bytes(), 0
    while at < len(content):
        offset, size, kind = struct.unpack_from("<QII", content, at)
        at += 16 + size
        records.append((at, offset, None if kind == 1 else content[at - size:at]))
    return records


def build_image(base, records, cut, image, chance):
    """What the disk may hold after a cut when `cut` records had been sent."""
    shutil.copyfile(base, image)
    flushes = [i for i in range(cut) if records[i][2] is None]
    durable = flushes[-1] if flushes else 0
    with open(image, "r+b") as disk:
        for i, (_, offset, data) in enumerate(records[:cut]):
            for at in range(0, len(data or b""), BLOCK):
                if i < durable or chance.random() < 0.5:
                    disk.seek(offset + at)
                    disk.write(data[at:at + BLOCK])


def lost_entries(image, mount, acknowledged):
    """How many acknowledged entries the journal on the image lacks; what is wrong with it else."""
    run("mount", "-o", "loop,noatime", image, mount)
    try:
        result = subprocess.run([bin_folder / "journal_feeder", "check", mount / "journal.db"],
                                capture_output=True, text=True, timeout=60)
    finally:
        run("umount", mount)
    found = dict(line.split()[1:] for line in result.stdout.splitlines() if line[:5] == "entry")
    lost = sum(found.get(seq) != leaf for seq, leaf in acknowledged)
    return lost, None if result.returncode == 0 else result.stdout.strip()[-300:]


def cut_all(disk, acknowledged, stretches, cuts, chance):
    """Builds and checks the images; acknowledged entries lost per class, and what was wrong."""
    records = read_log(disk.log)
    mount = disk.folder / "crashed"
    mount.mkdir()
    image = disk.folder / "crashed.img"
    lost, wrong = {}, []
    for name, count in cuts.items():
        if not stretches[name]:
            sys.exit(f"nothing was written in the class {name}: this test sees nothing")
        lost[name] = 0
        for _ in range(count):
            first, last = chance.choice(stretches[name])
            # A cut within the stretch, or right after its last write or flush.
            choices = [i + 1 for i, record in enumerate(records) if first < record[0] <= last]
            cut = chance.choice(choices) if choices else sum(r[0] <= last for r in records)
            position = records[cut - 1][0] if cut else 0
            said = [(seq, leaf) for at, seq, leaf in acknowledged if at <= position]
            build_image(disk.base, records, cut, image, chance)
            missing_entries, damage = lost_entries(image, mount, said)
            lost[name] += missing_entries
            if damage or missing_entries:
                wrong.append(f"{name}, cut at record {cut}: {missing_entries} lost; {damage}")
    return lost, wrong


def main():
    lack = missing()
    if lack:
        print(f"skipped: needs {lack}")
        sys.exit(1 if os.environ.get("CI") == "true" else 0)
    chance = random.Random(20261017)
    with tempfile.TemporaryDirectory() as folder:
        with LoggedDisk(pathlib.Path(folder, "true")) as disk:
            acknowledged, stretches = feed(disk)
        lost, wrong = cut_all(disk, acknowledged, stretches, CUTS, chance)
        with LoggedDisk(pathlib.Path(folder, "control")) as disk:
            acknowledged, stretches = feed(disk, "nosync")
        stretches["coin commit"] = stretches["coin commit"][COINS // 2:]
        control, _ = cut_all(disk, acknowledged, stretches, {"coin commit": CONTROL_CUTS}, chance)
    for name, count in CUTS.items():
        print(f"{name}: {count} images, {lost[name]} acknowledged entries lost")
    print(f"control without syncs: {CONTROL_CUTS} images, {control['coin commit']} entries lost")
    for line in wrong:
        print(line)
    if wrong:
        sys.exit("power cuts lost what was acknowledged, or damaged the journal")
    if control["coin commit"] == 0:
        sys.exit("the control lost nothing: this test is blind")


main()
