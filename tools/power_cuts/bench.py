"""Cuts the power of a shipped daemon, many times over. Prints for each class of writes how many
images of the disk were checked and how many promises they broke; a command and the kept run for each
image that is wrong. A control whose syncs do nothing must lose what was promised."""

import argparse
import collections
import concurrent.futures
import itertools
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time

from tools.world.process import Failure

from .disk import missing, working_folder
from .images import chance_of
from .recording import Recording
from .workers import KINDS, Worker, check_all, cut_of, pool, start_one

TOP = pathlib.Path(__file__).resolve().parents[2]
CHUNK = 25           # images that a worker builds in a row
OFTEN = 12           # images after one write, before a class with fewer writes has enough
CONTROL = 24         # images
STARTS = {"box": 24, "ledger": 12}
MOST_SHOWN = 20      # faults


def plan(classes, images, chance):
    """Names of images: after each write and flush once, if there are enough; the others from each
    class in turn, as long as it has less than OFTEN of each write."""
    decks = {name: chance.sample(cuts, len(cuts)) for name, cuts in sorted(classes.items())}
    total = sum(map(len, decks.values()))
    once, enough = images >= total, images > OFTEN * total
    drawn = {name: len(deck) if once else 0 for name, deck in decks.items()}
    counts = collections.Counter(cut for deck in decks.values() for cut in deck if once)
    for name in itertools.cycle(decks):
        if sum(drawn.values()) == images:
            break
        if enough or drawn[name] < OFTEN * len(decks[name]):
            counts[decks[name][drawn[name] % len(decks[name])]] += 1
            drawn[name] += 1
    return [f"{cut}.{n}" for cut in sorted(counts) for n in range(counts[cut])]


class Progress:
    """A bar on a terminal, nothing elsewhere."""

    def __init__(self, what, total):
        self.what, self.total, self.done = what, total, 0
        self.began = time.monotonic()

    def advance(self, count):
        self.done += count
        if sys.stderr.isatty():
            filled = 30 * self.done // self.total
            spent = time.monotonic() - self.began
            end = "\n" if self.done == self.total else ""
            print(f"\r[{'#' * filled}{'-' * (30 - filled)}] {self.done} of {self.total} "
                  f"{self.what}, {spent:.0f} s", end=end, file=sys.stderr, flush=True)


class Bench:
    """The images of one recording."""

    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.recording = Recording(folder)
        self.wrong = []  # (option that shows it again, what)

    def pool(self):
        return pool(self.arguments.jobs, self.arguments.kind, self.folder, self.arguments.bin,
                    self.arguments.seed)

    def run_images(self, names, what):
        """Checks these, as check_all() tells it. Goes on where an earlier run ended."""
        kept = self.folder / f"done-{len(names)}-{self.arguments.seed}.jsonl"
        results = []
        if kept.exists():
            results = [json.loads(line) for line in kept.read_text().splitlines(keepends=True)
                       if line.endswith("\n")]
        known = {result[0] for result in results}
        left = [name for name in names if name not in known]
        progress = Progress(what, len(names))
        progress.advance(len(known))
        with self.pool() as workers, open(kept, "a", encoding="utf-8") as keep:
            for done in concurrent.futures.as_completed(
                    [workers.submit(check_all, left[at:at + CHUNK])
                     for at in range(0, len(left), CHUNK)]):
                results += done.result()
                keep.write("".join(json.dumps(result) + "\n" for result in done.result()))
                keep.flush()
                progress.advance(len(done.result()))
        return results

    def run_starts(self, names):
        progress = Progress("starts", len(names))
        with self.pool() as workers:
            for done in concurrent.futures.as_completed(
                    [workers.submit(start_one, name) for name in names]):
                name, wrong = done.result()
                self.wrong += [(f"--start {name}", what) for what in wrong]
                progress.advance(1)
        print(f"{len(names)} of them with the daemon started: "
              f"{len({name for name, _ in self.wrong})} wrong")

    def report(self, results):
        """A line for each class."""
        classes = self.recording.classes()
        class_of = {cut: name for name, cuts in classes.items() for cut in cuts}
        for name, cuts in sorted(classes.items()):
            own = [result for result in results if class_of[cut_of(result[0])] == name]
            seen = {cut_of(result[0]) for result in own}
            print(f"{name}: {len(own)} images, after {len(seen)} of {len(cuts)} writes and flushes; "
                  f"of {sum(told for _, _, told, _ in own)} promises "
                  f"{sum(lost for _, lost, _, _ in own)} lost")
        self.wrong += [(f"--image {name}", what) for name, _, _, wrong in results for what in wrong]


def control(arguments, folder):
    """The same with syncs that do nothing; how many promises were lost."""
    run, _ = KINDS[arguments.kind]
    run.record(arguments.bin, folder, run.CONTROL)
    bench = Bench(arguments, folder)
    names = [f"{len(bench.recording.records)}.{number}" for number in range(CONTROL)]
    results = bench.run_images(names, "images of the control")
    lost = sum(broken for _, broken, _, _ in results)
    print(f"control, syncs swallowed: {len(results)} images, "
          f"of {sum(told for _, _, told, _ in results)} promises {lost} lost")
    return lost


def bench_all(arguments, folder):
    run, checks = KINDS[arguments.kind]
    recorded = folder / "recording"
    if not (recorded / "facts.json").exists():
        shutil.rmtree(recorded, ignore_errors=True)
        run.record(arguments.bin, recorded, run.WHOLE)
    bench = Bench(arguments, recorded)
    checks.check_recording(bench.recording)
    names = plan(bench.recording.classes(), arguments.images, chance_of(arguments.seed, "plan"))
    print(f"{arguments.kind}: {len(names)} images after {len(bench.recording.records)} writes and "
          f"flushes", flush=True)
    bench.report(bench.run_images(names, "images"))
    able = [name for name in names if checks.can_start(bench.recording, cut_of(name))]
    bench.run_starts(sorted({able[len(able) * n // arguments.starts]
                             for n in range(arguments.starts)}))
    shutil.rmtree(folder / "control", ignore_errors=True)
    lost = control(arguments, folder / "control")
    if bench.wrong:
        shown = "\n".join(f"{what}\n  tools/power_cut {arguments.kind} --recording FOLDER "
                          f"--seed {arguments.seed} {option}"
                          for option, what in bench.wrong[:MOST_SHOWN])
        raise Failure(f"{len(bench.wrong)} faults; FOLDER is named below\n{shown}")
    if lost == 0:
        raise Failure("the control lost nothing: this bench is blind")


def show_one(arguments, recorded):
    """One image again: what is wrong, and the image as it was before anybody looked at it."""
    name = arguments.image or arguments.start
    worker = Worker(arguments.kind, recorded, arguments.bin, arguments.seed)
    try:
        wrong = worker.check(name)[2] if arguments.image else worker.start(name)
        kept = recorded / f"cut-{name}.img"
        worker.build(name, kept)
    finally:
        worker.close()
    print(f"the disk after the cut: {kept}")
    for what in wrong:
        print(what)
    return 1 if wrong else 0


def read_arguments(words):
    parser = argparse.ArgumentParser(prog="tools/power_cut", description=__doc__)
    parser.add_argument("kind", choices=sorted(KINDS), help="whose power is cut")
    parser.add_argument("--images", type=int, default=1500, help="how many; 10000 take minutes")
    parser.add_argument("--starts", type=int, help="on how many the daemon is started")
    parser.add_argument("--seed", type=int, default=1, help="of what the disk kept")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="images at a time")
    parser.add_argument("--recording", type=pathlib.Path, metavar="FOLDER",
                        help="keeps the run, and what was found; goes on where it ended")
    parser.add_argument("--image", metavar="CUT.N", help="only this one of --recording, kept")
    parser.add_argument("--start", metavar="CUT.N", help="the same, with the daemon started")
    parser.add_argument("--bin", type=pathlib.Path, default=TOP / "build/release/bin")
    arguments = parser.parse_args(words)
    if (arguments.image or arguments.start) and not arguments.recording:
        parser.error("--image and --start need --recording")
    if arguments.images < 1 or (arguments.starts is not None and arguments.starts < 1):
        parser.error("at least one image and one start")
    arguments.starts = arguments.starts or STARTS[arguments.kind]
    arguments.bin = arguments.bin.resolve()
    return arguments


def keep_run(arguments, folder):
    """Where a run stays of which something is wrong."""
    if arguments.recording:
        return folder
    kept = arguments.bin.parent / f"power-cut-{arguments.kind}"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.move(folder, kept)
    return kept


def main(words):
    arguments = read_arguments(words)
    lack = missing()
    if lack:
        print(f"skipped: needs {lack}")
        return 1 if os.environ.get("CI") else 0
    folder = arguments.recording
    if arguments.image or arguments.start:
        return show_one(arguments, folder.resolve() / "recording")
    if folder is None:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="yijuan-power-", dir=working_folder()))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        bench_all(arguments, folder.resolve())
    except Failure as failure:
        print(f"power_cut: {failure}\nFOLDER: {keep_run(arguments, folder)}")
        return 1
    except BaseException:
        if not arguments.recording:
            shutil.rmtree(folder)
        raise
    if not arguments.recording:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
