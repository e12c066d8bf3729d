"""An ext4 on a loop device over blocklog's file: every write and flush that the disk got is known,
in order, and the length of the log says how far it was when something else happened."""

import os
import pathlib
import shutil
import subprocess
import time

from tools.world.process import Failure, run, wait_for

# ext4 commits by itself every few seconds: for the control, not within a run.
LAZY = "noatime,commit=600"
SIZE = 24 << 20  # bytes: the journal's file, its WAL and reserve, ext4's own journal, and room
PROGRAMS = ("mkfs.ext4", "losetup", "mount", "umount")


def missing():
    """What this machine lacks to run it, or nothing."""
    if os.geteuid() != 0:
        return "root"
    for path in ("/dev/fuse", "/dev/loop-control"):
        if not os.path.exists(path):
            return path
    for program in PROGRAMS:
        if shutil.which(program) is None:
            return program
    # A container may have the device and not the right.
    if subprocess.run(["losetup", "-f"], capture_output=True, check=False).returncode != 0:
        return "a free loop device"
    return None


def working_folder():
    """Where images are written thousands of times: in memory, if there is room."""
    memory = pathlib.Path("/dev/shm")
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 40 * SIZE:
        return memory
    return None


def mount_image(image, at):
    run("mount", "-o", "loop,noatime", image, at)


def unmount(at):
    """A process that was killed may hold it for a moment still."""
    def gone():
        return subprocess.run(["umount", at], capture_output=True, check=False).returncode == 0
    wait_for(f"{at} to be free", gone, interval=0.02)


def swallowing(bin_folder):
    """The environment in which a daemon's syncs do nothing."""
    return {"LD_PRELOAD": str(bin_folder / "libswallow_syncs.so")}


class LoggedDisk:
    """In `folder`: base.img, as it began; blocks.log; and disk/, mounted while this is entered."""

    def __init__(self, bin_folder, folder, options="noatime"):
        self.bin = bin_folder
        self.options = options
        self.base, self.log = folder / "base.img", folder / "blocks.log"
        self.fuse, self.mount = folder / "fuse", folder / "disk"
        self.process = self.loop = None
        self.mounted = False

    def __enter__(self):
        self.fuse.mkdir(parents=True)
        self.mount.mkdir()
        with open(self.base, "wb") as image:
            image.truncate(SIZE)
        run("mkfs.ext4", "-q", "-F", "-b", "4096", "-E",
            "lazy_itable_init=0,lazy_journal_init=0", self.base)
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        with open(self.base.with_name("blocklog.log"), "wb") as out:
            self.process = subprocess.Popen([self.bin / "blocklog", self.fuse, self.base, self.log],
                                            stdout=out, stderr=out)
        disk = self.fuse / "disk.img"

        def there():
            if self.process.poll() is not None:
                raise Failure(f"blocklog ended with {self.process.returncode}")
            return disk.exists()
        wait_for("the logged disk", there, interval=0.01)
        self.loop = run("losetup", "-f", "--show", disk).strip()
        run("mount", "-o", self.options, self.loop, self.mount)
        self.mounted = True

    def position(self):
        """How long the log is: what is in it was sent to the disk before now."""
        return self.log.stat().st_size

    def __exit__(self, *_):
        if self.mounted:
            unmount(self.mount)
        if self.loop:
            run("losetup", "-d", self.loop)
        if self.process:
            # The loop device lets go of its file a moment after it was told to.
            deadline = time.monotonic() + 20
            while self.process.poll() is None and time.monotonic() < deadline:
                subprocess.run(["umount", self.fuse], capture_output=True, check=False)
                time.sleep(0.01)
            self.process.kill()
            self.process.wait()
