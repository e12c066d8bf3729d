"""Cuts the power of a shipped daemon, many times over. Prints for each class of writes how many
images of the disk were checked and how many promises they broke; a command and the kept run for
each image that is wrong. A control whose syncs do nothing must lose what was promised."""

import argparse
import collections
import concurrent.futures
import itertools
import json
import multiprocessing
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
from .workers import KINDS, Worker, check_all, cut_of, in_pool, start_one

TOP = pathlib.Path(__file__).resolve().parents[2]
CHUNK = 25           # images that a worker builds in a row
OFTEN = 12           # images after one write, before a class with fewer writes has enough
CONTROL = 24         # images
STARTS = {"box": 24, "ledger": 12}
MOST_SHOWN = 20      # faults,
MOST_KEPT = 3        # and images of them


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

    def each(self, jobs, work, parts):
        """What work(part) gives, as it comes, from that many processes."""
        given = self.arguments
        return in_pool(jobs, (given.kind, self.folder, given.bin, given.seed), work, parts)

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
        chunks = [left[at:at + CHUNK] for at in range(0, len(left), CHUNK)]
        with open(kept, "a", encoding="utf-8") as keep:
            for checked in self.each(self.arguments.jobs, check_all, chunks):
                results += checked
                keep.write("".join(json.dumps(result) + "\n" for result in checked))
                keep.flush()
                progress.advance(len(checked))
        return results

    def run_starts(self, names):
        progress, wrong_before = Progress("starts", len(names)), len(self.wrong)
        # They wait more than they work.
        for name, wrong in self.each(2 * self.arguments.jobs, start_one, names):
            self.wrong += [(f"--start {name}", what) for what in wrong]
            progress.advance(1)
        print(f"{len(names)} of them with the daemon started: "
              f"{len({name for name, _ in self.wrong[wrong_before:]})} wrong")

    def report(self, results):
        """A line for each class."""
        classes = self.recording.classes()
        class_of = {cut: name for name, cuts in classes.items() for cut in cuts}
        for name, cuts in sorted(classes.items()):
            own = [result for result in results if class_of[cut_of(result[0])] == name]
            seen = {cut_of(result[0]) for result in own}
            print(f"{name}: {len(own)} images, after {len(seen)} of {len(cuts)} writes and "
                  f"flushes; of {sum(told for _, _, told, _ in own)} promises "
                  f"{sum(lost for _, lost, _, _ in own)} lost")
        self.wrong += [(f"--image {name}", what) for name, _, _, wrong in results for what in wrong]


def control(arguments, folder):
    """The same with syncs that do nothing; how many promises were lost."""
    bench = Bench(arguments, folder)
    names = [f"{len(bench.recording.records)}.{number}" for number in range(CONTROL)]
    results = bench.run_images(names, "images of the control")
    lost = sum(broken for _, broken, _, _ in results)
    print(f"control, syncs swallowed: {len(results)} images, "
          f"of {sum(told for _, _, told, _ in results)} promises {lost} lost")
    return lost


def record_both(arguments, folder):
    """The run and its control, beside each other: both wait more than they work. What is there
    already stays."""
    run, _ = KINDS[arguments.kind]
    wanted = [(folder / name, steps) for name, steps in
              (("recording", run.WHOLE), ("control", run.CONTROL))
              if not (folder / name / "facts.json").exists()]
    with concurrent.futures.ProcessPoolExecutor(
            2, multiprocessing.get_context("fork")) as recorders:
        recordings = []
        for recorded, steps in wanted:
            shutil.rmtree(recorded, ignore_errors=True)
            recordings.append(recorders.submit(run.record, arguments.bin, recorded, steps))
        for recording in recordings:
            recording.result()


def bench_all(arguments, folder):
    checks = KINDS[arguments.kind][1]
    recorded = folder / "recording"
    record_both(arguments, folder)
    bench = Bench(arguments, recorded)
    checks.check_recording(bench.recording)
    names = plan(bench.recording.classes(), arguments.images, chance_of(arguments.seed, "plan"))
    print(f"{arguments.kind}: {len(names)} images after {len(bench.recording.records)} writes and "
          f"flushes", flush=True)
    bench.report(bench.run_images(names, "images"))
    able = [name for name in names if checks.can_start(bench.recording, cut_of(name))]
    bench.run_starts(sorted({able[len(able) * n // arguments.starts]
                             for n in range(arguments.starts)}))
    lost = control(arguments, folder / "control")
    if bench.wrong:
        keep_images(arguments, recorded, [option for option, _ in bench.wrong])
        raise Failure(f"{len(bench.wrong)} faults\n" + "\n".join(
            f"{what}\n  tools/power_cut {arguments.kind} --recording "
            f"{kept_folder(arguments, folder)} --seed {arguments.seed} {option}"
            for option, what in bench.wrong[:MOST_SHOWN]))
    if lost == 0:
        raise Failure("the control lost nothing: this bench is blind")


def keep_images(arguments, recorded, options):
    """Leaves the first images that are wrong beside the recording, as the cut left them."""
    worker = Worker(arguments.kind, recorded, arguments.bin, arguments.seed)
    for option in options[:MOST_KEPT]:
        name = option.split()[1]
        worker.build(name, recorded / f"cut-{name}.img")
    worker.close()


def show_one(arguments, recorded):
    """One image again: what is wrong, and the image as it was before anybody looked at it."""
    name = arguments.image or arguments.start
    worker = Worker(arguments.kind, recorded, arguments.bin, arguments.seed)
    try:
        wrong = worker.check(name)[2] if arguments.image else worker.start(name)
    finally:
        worker.close()
    keep_images(arguments, recorded, [f"--image {name}"])
    print(f"the disk after the cut: {recorded / f'cut-{name}.img'}")
    for what in wrong:
        print(what)
    return 1 if wrong else 0


def read_arguments(words):
    parser = argparse.ArgumentParser(prog="tools/power_cut", description=__doc__)
    parser.add_argument("kind", choices=sorted(KINDS), help="whose power is cut")
    parser.add_argument("--images", type=int, default=1000, help="how many; 10000 take minutes")
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


def kept_folder(arguments, folder):
    """Where a run stays of which something is wrong."""
    if arguments.recording:
        return folder
    return arguments.bin.parent / f"power-cut-{arguments.kind}"


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
        kept = kept_folder(arguments, folder)
        if kept != folder:
            shutil.rmtree(kept, ignore_errors=True)
            shutil.move(folder, kept)
        print(f"power_cut: {failure}\nthe run is kept in {kept}")
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
