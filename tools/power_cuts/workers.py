"""Processes that build images, mount them and have them checked."""

import concurrent.futures
import multiprocessing.util
import pathlib
import shutil
import signal
import tempfile

from tools.world.process import Failure

from . import box_check, box_run, ledger_check, ledger_run
from .disk import mount_image, unmount, working_folder
from .images import Images, chance_of
from .recording import Recording

# What is cut: how a run of it is recorded, and what must be true of its disk.
KINDS = {"box": (box_run, box_check), "ledger": (ledger_run, ledger_check)}


def cut_of(name):
    """Images are named "CUT.N": how many records of the disk's log had been sent, and which of the
    disks that may be left then."""
    return int(name.split(".")[0])


class Worker:
    def __init__(self, kind, folder, bin_folder, seed):
        self.checks = KINDS[kind][1]
        self.recording = Recording(folder)
        self.images = Images(self.recording.base, self.recording.records)
        self.seed = seed
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="yijuan-cut-", dir=working_folder()))
        self.mount, self.image = self.folder / "disk", self.folder / "cut.img"
        self.mount.mkdir()
        self.bench = self.checks.Bench(self.recording, bin_folder, self.folder)

    def build(self, name, image):
        # A new file each time: mount takes the loop device that still holds the file, and with it
        # what it remembers of the image before.
        image.unlink(missing_ok=True)
        self.images.build(cut_of(name), chance_of(self.seed, name), image)

    def with_image(self, name, work):
        """What work(cut) gives while the image is mounted, and nothing; or nothing, and why it
        cannot be mounted."""
        self.build(name, self.image)
        try:
            mount_image(self.image, self.mount)
        except Failure as failure:
            return None, str(failure)
        try:
            return work(cut_of(name)), None
        finally:
            unmount(self.mount)

    def check(self, name):
        """Promises broken, promises, and all that is wrong."""
        result, failed = self.with_image(
            name, lambda cut: self.checks.check(self.recording, cut, self.bench))
        if failed:
            told = self.checks.count(self.recording, cut_of(name))
            return told, told, [failed]
        return result

    def start(self, name):
        """All that is wrong when the daemon starts on it."""
        folder = self.folder / f"start-{name}"
        result, failed = self.with_image(
            name, lambda cut: self.checks.start(self.recording, cut, self.bench, folder))
        shutil.rmtree(folder, ignore_errors=True)
        return [failed] if failed else result

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


_worker = None


def _begin(*arguments):
    global _worker
    # Who interrupts the bench on a terminal interrupts the one that waits for us, which is enough.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker = Worker(*arguments)
    # A process of a pool ends without cleaning up.
    multiprocessing.util.Finalize(_worker, _worker.close, exitpriority=10)


def check_all(names):
    """In a process of a pool: (name, promises broken, promises, what is wrong) of each."""
    return [(name, *_worker.check(name)) for name in names]


def start_one(name):
    """In a process of a pool: (name, what is wrong)."""
    return name, _worker.start(name)


def in_pool(jobs, arguments, work, parts):
    """work(part) of each part, as they come, in processes of Worker(*arguments)."""
    with concurrent.futures.ProcessPoolExecutor(
            jobs, multiprocessing.get_context("fork"), _begin, arguments) as pool:
        try:
            for done in concurrent.futures.as_completed([pool.submit(work, part)
                                                         for part in parts]):
                yield done.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)  # what has not begun is not waited for
            raise
