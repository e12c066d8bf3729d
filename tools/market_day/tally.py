"""Does everything agree? The simulators' own lists of coins and notes, the box's journal, the
ledger's store (both read by tools/audit, which shares no code with the daemons) and the office's
reports."""

import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from world.process import run_json  # noqa: E402

AUDIT = pathlib.Path(__file__).resolve().parents[1] / "audit"


def audit(path):
    done = subprocess.run([AUDIT, "--json", path], capture_output=True, text=True, timeout=120)
    if done.returncode == 2:
        raise RuntimeError(done.stderr)
    return run_json(AUDIT, "--json", path, check=False)


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02}"


def tally(ledger, box, gaps):
    """The line of agreement, and what disagrees (empty if nothing does). `gaps`: how many times
    coins outran the acceptor's memory, or an acceptor lost its power with money on its way."""
    accepted = box.coin.accepted()
    stacked = [int(fields[4]) for fields in box.note.notes("stacked")]
    returned = len(box.note.notes("given-back"))
    journal = audit(box.journal)
    store = audit(ledger.store)
    box_log = journal["logs"][0]
    mirror = next((log for log in store["logs"] if log["origin"] == box_log["origin"]), None)
    days = [row for row in ledger.report("day")["rows"] if row["box"] == box.id]
    syncs = [row for row in ledger.report("sync")["rows"] if row["box"] == box.id]

    wrong = [f"audit of the journal: {fault}" for fault in journal["wrong"]]
    wrong += [f"audit of the ledger: {fault}" for fault in store["wrong"]]

    def same(what, *figures):
        if len({figure for _, figure in figures}) > 1:
            wrong.append(f"{what}: " + ", ".join(f"{name} {figure}" for name, figure in figures))

    coins = len(accepted)
    coin_cash = box_log["cash"] - box_log["notes"]
    same("coins", ("acceptor", coins), ("journal and gaps", coin_cash + box_log["lost"]))
    # The validator stacks a note that it finds in its path at power-up: what is disputed is there.
    same("notes", ("acceptor", len(stacked)),
         ("journal and disputes", box_log["notes"] + box_log["disputed"]))
    same("note fen", ("acceptor", sum(stacked)),
         ("journal and disputes", box_log["note_fen"] + box_log["disputed_fen"]))
    same("notes given back", ("acceptor", returned), ("journal", box_log["returned"]))
    same("notes under way", ("journal", box_log["pending"]), ("expected", 0))
    same("gaps", ("journal", box_log["gaps"]), ("expected", gaps))
    # In a burst that outruns the acceptor's memory only 1-yuan coins fall.
    taken = sum(int(fields[3]) for fields in accepted)
    same("fen", ("acceptors less what is lost or disputed",
                 taken + sum(stacked) - 100 * box_log["lost"] - box_log["disputed_fen"]),
         ("journal", box_log["fen"]), ("gifts", box_log["gift_fen"]))
    same("open cash", ("journal", box_log["open"]), ("expected", 0))
    if mirror is None:
        wrong.append("the ledger has no log of this box")
    else:
        for figure in ("entries", "root", "cash", "notes", "lost", "disputed", "disputed_fen",
                       "fen", "gifts", "gift_fen"):
            same(figure, ("journal", box_log[figure]), ("ledger", mirror[figure]))
    same("gifts", ("journal", box_log["gifts"]),
         ("day report", sum(row["gifts"] for row in days)))
    same("gift fen", ("journal", box_log["gift_fen"]),
         ("day report", sum(row["fen"] for row in days)))
    same("entries", ("journal", box_log["entries"]),
         ("sync report", syncs[0]["ledger_head"] if syncs else None))
    same("disputed fen", ("journal", box_log["disputed_fen"]),
         ("sync report", syncs[0]["disputed_fen"] if syncs else None))

    line = (f"coins={coins} cash={coin_cash} lost={box_log['lost']} "
            f"yuan={yuan(box_log['fen'])} gifts={box_log['gifts']} entries={box_log['entries']} "
            f"notes={len(stacked)} disputed={box_log['disputed']}")
    return line, wrong
