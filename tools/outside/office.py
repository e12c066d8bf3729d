"""What the office's logs in a ledger's store say about the logs of boxes, by src/tlog/format.md."""

import base64
import collections
import datetime
import json
import re

from outside.tlog import leaf_hash

OFFICE = re.compile(r"[^/]+/office/([1-9][0-9]*)")
SHANGHAI = datetime.timedelta(hours=8)


def moment(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")


def shanghai_day(text):
    return str((moment(text) + SHANGHAI).date())


def unurl(leaf):
    return base64.urlsafe_b64decode(leaf + "=")


class Office:
    def __init__(self, db, report):
        self.db = db
        self.report = report
        self.closings = collections.defaultdict(list)  # origin -> [(key, entry)]
        self.cited = collections.defaultdict(list)     # fork -> [(key, entry)]
        self.posted = set()                            # (box, office, seq)
        self.closed = collections.defaultdict(set)     # origin -> seqs of cash in closings
        self.heads = {}
        rows = db.execute("SELECT origin, size, root FROM logs WHERE kind = 'office'"
                          " ORDER BY origin").fetchall()
        for origin, size, root in rows:
            self.heads[origin] = (size, root)
        for origin in self.heads:
            self.read(origin)

    def read(self, origin):
        for seq, line in self.db.execute(
                "SELECT seq, line FROM entries WHERE origin = ? ORDER BY seq", (origin,)):
            entry = json.loads(line)
            number = int(OFFICE.fullmatch(origin).group(1))
            if seq == 0:
                self.check_epoch(origin, number, entry)
            if (entry["type"] == "hole") != (seq == 1 and number > 1):
                self.report(f"{origin}: entry {seq}: a hole is the second entry of every log but"
                            " the first, and stands nowhere else")
            if entry["type"] == "closing":
                self.closings[entry["origin"]].append(((origin, seq), entry))
            if entry["type"] == "quarantined":
                self.cited[f"{entry['origin']}~{entry['fork']}"].append(((origin, seq), entry))

    def check_epoch(self, origin, number, entry):
        before = f"{origin.rsplit('/', 1)[0]}/{number - 1}"
        previous = entry.get("previous")
        if number == 1 and previous:
            self.report(f"{origin}: the first of the office's logs follows {previous['origin']}")
        if number > 1 and (not previous or previous["origin"] != before):
            self.report(f"{origin}: does not follow {before}")
        elif number > 1 and before in self.heads:
            size, root = self.heads[before]
            if previous["size"] != size:
                self.report(f"{origin}: follows {previous['size']} entries of {before}, which has"
                            f" {size}")
            elif unurl(previous["root"]) != bytes(root):
                self.report(f"{origin}: follows another history of {before} than is held")

    def close(self, origin, box, size, open_cash, books):
        """The closings of a log that has reached this size; takes their cash out of `open_cash`
        and says how many were new."""
        new = 0
        for key, entry in self.closings[origin]:
            if (box, *key) in self.posted or entry["size"] > size:
                continue
            self.posted.add((box, *key))
            new += 1
            of_it = [seq for seq in entry["cash"] if seq in open_cash]
            taken = [open_cash.pop(seq) for seq in of_it]
            self.closed[origin].update(of_it)
            if taken:
                books.give(box, shanghai_day(entry["at"]), entry, "cash", 1,
                           sum(cash["fen"] for cash in taken))
            if sum(cash["fen"] for cash in taken) != entry["fen"]:
                self.report(f"{key[0]}: entry {key[1]}: its {entry['fen']} fen are not those of"
                            f" the open cash of {origin}")
        return new

    def in_books(self, fork, box, base):
        """Up to where the entries of a fork are in the books."""
        leaves = [leaf_hash(line.encode() if isinstance(line, str) else line) for line, in
                  self.db.execute("SELECT line FROM entries WHERE origin = ? ORDER BY seq",
                                  (fork,))]
        posted = base
        for key, entry in self.cited[fork]:
            first = entry["first"] - base
            cited = [unurl(leaf) for leaf in entry["leaves"]]
            if first < 0 or leaves[first:first + len(cited)] != cited:
                if first + len(cited) <= len(leaves):
                    self.report(f"{key[0]}: entry {key[1]}: the entries of {fork} are not those"
                                " that it cites")
                break
            self.posted.add((box, *key))
            posted = max(posted, entry["first"] + len(cited))
        return posted

    def check_postings(self):
        stored = set(self.db.execute("SELECT box, office, seq FROM office_postings"))
        for box, origin, seq in sorted(stored - self.posted):
            self.report(f"{origin}: entry {seq} is posted to {box}, and does not say so")
        for box, origin, seq in sorted(self.posted - stored):
            self.report(f"{origin}: entry {seq} is not posted to {box}")
