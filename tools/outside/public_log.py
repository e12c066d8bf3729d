"""The whole of a public log, checked: every tile, checkpoint and digest, and with more at hand (a
ledger's store, an auditor's token) also that it is of the entries."""

import datetime
import json

from .office import shanghai_day
from .source import Folder
from .tlog import (WIDTH, Checkpoint, Edge, TiledTree, Tree, Wrong, decimal, leaf_hash, read_bundle,
                   sha256, tile_path, tiles_of, unbase64)

DAYS = 8  # digests that are asked of a server, which lists none


class PublicLog:
    """One log of it. `lines(first, count)`, if given, are the entries that it should be of;
    `each_entry` is given those that the log shows to an auditor. `hole(checkpoint)` says why the
    published log may differ from those entries, and is told to `note`."""

    def __init__(self, source, name, key, report, hole=None, note=None):
        self.source, self.name, self.key = source, name, key
        self.hole, self.note = hole, note
        self.report = lambda text: report(f"{key.name}: {text}")
        self.checkpoint = None

    def check(self, cosigner, each_entry=None, lines=None):
        """The figures of the log; none if it cannot be read."""
        note = self.source.text(f"{self.name}/checkpoint")
        if note is None:
            return self.report("its checkpoint is not shown")
        try:
            shown = Checkpoint(note)
            shown.expect(self.key, cosigner)
        except Wrong as error:
            return self.report(str(error))
        self.checkpoint = shown
        hole = self.hole(shown) if self.hole else None
        if hole:
            self.note(f"{shown.origin}: {hole}")
            lines = None
        edge, made = Edge(), {}
        for level, index, width in tiles_of(shown.size):
            hashes = self.tile(level, index, width)
            if hashes is None:
                return None
            if level == 0:
                self.compare_entries(index, hashes, lines, each_entry)
                made.update({(above, place): row for above, place, row in edge.append_tile(hashes)
                             if above})
            elif hashes != (made.get((level, index)) if width == WIDTH else edge.rows[level]):
                self.report(f"{tile_path(level, index, width)} is not made of those below it")
        if edge.root() != shown.root:
            self.report("its tiles do not give the root of its checkpoint")
        return {"origin": shown.origin, "entries": shown.size, "root": shown.root.hex()}

    def tile(self, level, index, width):
        try:
            return self.source.tile(self.name, level, index, width)
        except Wrong as error:
            self.report(str(error))
            return None

    def compare_entries(self, index, hashes, lines, each_entry):
        if lines:
            self.compare(index, hashes, lines(index * WIDTH, len(hashes)), "stored")
        if each_entry:
            entries = self.bundle(index, len(hashes))
            self.compare(index, hashes, entries, "shown to auditors")
            for entry in entries:
                each_entry(entry)

    def compare(self, index, hashes, entries, what):
        if [leaf_hash(entry) for entry in entries] != hashes:
            self.report(f"entries {index * WIDTH} to {index * WIDTH + len(hashes) - 1} as {what} are"
                        " not those that are published")

    def bundle(self, index, width):
        raw = self.source.get(f"{self.name}/{tile_path('entries', index, width)}")
        if raw is None:
            return []
        return read_bundle(raw)

    def root_at(self, size):
        if self.checkpoint is None or size > self.checkpoint.size:
            raise Wrong(f"{size} entries are more than are shown")
        tree = TiledTree(self.checkpoint.size, lambda *place: self.source.tile(self.name, *place))
        return tree.root_at(size)


class Hole:
    """What the next of the office's logs declares of one whose end is not held."""

    def __init__(self, entry, held):
        self.held, self.seen = entry["held"], entry["seen"]
        self.root = unbase64url(entry["root"])
        self.since = shanghai_day(held[-1]["at"]) if held else ""
        self.day = shanghai_day(entry["at"])

    def why(self, shown, stored):
        """Of a published checkpoint, and of the entries that are stored; nothing if it is not
        about that checkpoint."""
        seen = shown.size == self.seen and shown.root == self.root
        if not seen and not self.held < shown.size < self.seen or len(stored) != self.held:
            return None
        tree = Tree()
        for line in stored[:shown.size]:
            tree.append(leaf_hash(line))
        if shown.size <= self.held and tree.root() == shown.root:
            return None
        return (f"{shown.size} entries are published and {self.held} are held: declared as a hole"
                f" on {self.day}")

    def spans(self, day):
        """Whether an entry of that day may be among those that are not held."""
        return self.since <= day <= self.day


def unbase64url(text):
    return unbase64(text.replace("-", "+").replace("_", "/") + "=", 32)


def digest_days(source):
    if isinstance(source, Folder):
        return sorted(path.name for path in (source.root / "digest").glob("????-??-??"))
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
    return [str(today - datetime.timedelta(days=ago)) for ago in reversed(range(DAYS))]


def check_digest(text, logs, report):
    lines = text.splitlines()
    if lines != sorted(lines) or (text and not text.endswith("\n")):
        report("its lines are not sorted")
    by_origin = {log.key.name: log for log in logs}
    for line in lines:
        try:
            origin, size, root = line.split(" ")
            if origin not in by_origin:
                report(f"{origin} is not shown")
            elif by_origin[origin].root_at(decimal(size)) != unbase64(root, 32):
                report(f"{origin} had another root at {size} entries")
        except ValueError as error:
            report(f"{line[:100]!r}: {error}")


class Store:
    """A ledger's store, held against what is published."""

    def __init__(self, db):
        self.db = db

    def lines(self, origin):
        def rows(first, count):
            found = self.db.execute("SELECT line FROM entries WHERE origin = ? AND seq >= ? AND"
                                    " seq < ? ORDER BY seq", (origin, first, first + count))
            return [row[0].encode() if isinstance(row[0], str) else row[0] for row in found]
        return rows

    def all_lines(self, origin):
        size, = self.db.execute("SELECT count(*) FROM entries WHERE origin = ?",
                                (origin,)).fetchone()
        return self.lines(origin)(0, size)

    def holes(self):
        """Of each of the office's logs that was given up."""
        found = {}
        for line, in self.db.execute("SELECT line FROM entries WHERE origin LIKE '%/office/%'"
                                     " AND seq = 1 AND line LIKE '%\"type\":\"hole\"%'"):
            entry = json.loads(line)
            if entry.get("type") == "hole":
                held = [json.loads(each) for each in self.all_lines(entry["origin"])]
                found[entry["origin"]] = Hole(entry, held)
        return found

    def hole(self, origin):
        """Why a published checkpoint of this log may differ from what is stored."""
        hole = self.holes().get(origin)
        return hole and (lambda shown: hole.why(shown, self.all_lines(origin)))

    def told_digests(self):
        """Day and hash of each digest that the office's log states."""
        for line, in self.db.execute("SELECT line FROM entries WHERE origin LIKE '%/office/%'"
                                     " AND line LIKE '%\"type\":\"digest\"%' ORDER BY origin, seq"):
            entry = json.loads(line)
            if entry.get("type") == "digest":
                yield entry["day"], unbase64url(entry["hash"])


def audit_public(source, cosigner, report, note, db=None, make_audit=None):
    """`make_audit(origin)`, if given, takes every entry, which needs an auditor's token."""
    store = Store(db) if db else None
    figures, logs = [], []
    for name, key in sorted(source.keys().items()):
        log = PublicLog(source, name, key, report, store and store.hole(key.name), note)
        logs.append(log)
        audit = make_audit(key.name) if make_audit else None
        found = log.check(cosigner, audit and audit.line, store and store.lines(key.name))
        if found:
            figures.append({**(audit.figures() if audit else {}), **found})
    digests = 0
    told = dict(store.told_digests()) if store else {}
    holes = store.holes().values() if store else ()
    for day in digest_days(source):
        text = source.text(f"digest/{day}")
        if text is None:
            continue
        digests += 1
        check_digest(text, logs, lambda fault, day=day: report(f"the digest of {day}: {fault}"))
        if day not in told and any(hole.spans(day) for hole in holes):
            note(f"the digest of {day} may be stated in what is not held of the office's log")
        elif told and told.get(day) != sha256(text.encode()) and day <= max(told):
            report(f"the digest of {day} is not the one that the office's log states")
    return figures, digests
