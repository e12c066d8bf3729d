"""A run on a logged disk: base.img, blocks.log, and facts.json, which says what the world was told
and after which write. Positions are lengths of blocks.log. A recording is all that is needed to
build and check its images again."""

import bisect
import contextlib
import hashlib
import json
import threading

from .images import read_log


def hashes(folder, names):
    """What is in files that must never change."""
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names}


def changed(folder, files):
    """The first of them that is not as it was."""
    for name, content in files.items():
        path = folder / name
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != content:
            return name
    return None


class Recorder:
    """What happens while a run is recorded. May be told from several threads."""

    def __init__(self, disk, facts):
        self.disk = disk
        self.facts = facts  # becomes facts.json
        self.lock = threading.Lock()
        self.running = []  # phases, those that lie around others first
        facts.update(phases=[], told=[])

    def told(self, **what):
        """Somebody outside was told this just now: after any later cut it must be true."""
        with self.lock:
            self.facts["told"].append({"position": self.disk.position(), **what})

    @contextlib.contextmanager
    def phase(self, name):
        """Writes from here to the end of it are of the class `name`."""
        self.begin(name)
        try:
            yield
        finally:
            self.end(name)

    def begin(self, name):
        with self.lock:
            self.running.append(name)
            self.mark()

    def end(self, name):
        with self.lock:
            self.running.reverse()
            self.running.remove(name)  # the newest of that name
            self.running.reverse()
            self.mark()

    def mark(self):
        name = self.running[-1] if self.running else "pause"
        self.facts["phases"].append([self.disk.position(), name])

    def finish(self):
        """The run is over: what the disk gets when it is unmounted is no part of it."""
        self.facts["end"] = self.disk.position()

    def save(self):
        text = json.dumps(self.facts, indent=1)
        self.disk.base.with_name("facts.json").write_text(text, encoding="utf-8")


class Recording:
    def __init__(self, folder):
        self.folder = folder
        self.base = folder / "base.img"
        self.facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        self.records = [record for record in read_log(folder / "blocks.log")
                        if record[0] <= self.facts["end"]]

    def position(self, cut):
        """Of the log, when `cut` records had been sent."""
        return self.records[cut - 1][0] if cut else 0

    def told(self, cut, **match):
        """What had been told before the cut."""
        position = self.position(cut)
        return [fact for fact in self.facts["told"] if fact["position"] <= position and
                all(fact.get(key) == value for key, value in match.items())]

    def classes(self):
        """The cuts of each class: a cut stands right after a write or flush of the class."""
        starts = [position for position, _ in self.facts["phases"]]
        cuts = {}
        for number, (end, _, _) in enumerate(self.records, 1):
            at = max(0, bisect.bisect_left(starts, end) - 1)
            name = self.facts["phases"][at][1]
            cuts.setdefault(name, []).append(number)
        return cuts
