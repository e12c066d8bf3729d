"""tools/audit on a file, in this process: started as a program it would take most of an image's
time."""

import contextlib
import importlib.machinery
import importlib.util
import pathlib
import sqlite3
import sys

AUDIT = pathlib.Path(__file__).resolve().parents[1] / "audit"


def load():
    sys.path.insert(0, str(AUDIT.parent))  # as for the program: its own modules lie beside it
    loader = importlib.machinery.SourceFileLoader("audit", str(AUDIT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("audit", loader))
    loader.exec_module(module)
    return module


audit = load()


def read(path, cosigner, *queries):
    """What the audit finds wrong in the file, its figures, and the rows of each query."""
    wrong = []
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True,
                                            isolation_level=None)) as db:
        db.execute("BEGIN")
        kind = audit.KINDS[db.execute("PRAGMA application_id").fetchone()[0]]
        logs = kind(db, audit.Key(cosigner), wrong.append)
        return wrong, logs, [db.execute(query).fetchall() for query in queries]


def root_of(leaves):
    """The root of leaves in hex, as bytes."""
    tree = audit.Tree()
    for leaf in leaves:
        tree.append(bytes.fromhex(leaf))
    return tree.root()
