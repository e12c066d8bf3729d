"""Reads the day's script (config/demo/market_day.txt): a list of Steps, or a ScriptError that
names the line."""

import dataclasses
import itertools


class ScriptError(Exception):
    pass


@dataclasses.dataclass(frozen=True)
class Step:
    line: int
    verb: str
    words: tuple
    text: str

    @property
    def seconds(self):
        """About how long it takes: for the progress bar only."""
        if self.verb == "coins":
            return int(self.words[0]) / 5
        if self.verb == "reject":
            return int(self.words[0]) / 5
        if self.verb == "kill":
            return int(self.words[0]) / 5 + 1
        if self.verb == "unplug":
            return float(self.words[0]) + 1
        if self.verb == "notes":
            return float(len(self.words))
        return 1.0


# verb: least and most words
VERBS = {"act": (1, 99), "coins": (2, 99), "reject": (2, 2), "touch": (1, 2), "wait": (1, 1),
         "unplug": (1, 1), "ledger": (1, 1), "kill": (6, 6), "notes": (1, 99), "returned": (1, 1),
         "power": (1, 1)}


def read(path):
    steps = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        verb, *words = line.split()
        least, most = VERBS.get(verb, (None, None))
        if least is None:
            raise ScriptError(f"{path}:{number}: no step is called {verb}")
        if not least <= len(words) <= most:
            raise ScriptError(f"{path}:{number}: {verb} takes {least} to {most} words")
        steps.append(Step(number, verb, tuple(words), " ".join(words)))
    return steps


def coins_of(step):
    """The ids of the coins of a `coins` or `kill` step, one by one."""
    count = int(step.words[0])
    ids = step.words[1:2] if step.verb == "kill" else step.words[1:]
    return itertools.islice(itertools.cycle(ids), count)
