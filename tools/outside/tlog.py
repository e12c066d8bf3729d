"""Hashes, notes, tiles and proofs of a log (src/tlog/format.md)."""

import base64
import hashlib
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH = 256        # hashes in a full tile
LAST_LEVEL = 7
DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


class Wrong(ValueError):
    """Something is not what it must be; said for people."""


def sha256(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def leaf_hash(line):
    return sha256(b"\0", line)


def node_hash(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def decimal(text):
    if not DECIMAL.fullmatch(text):
        raise Wrong(f"{text!r} is no number")
    return int(text)


def unbase64(text, size=None):
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong(f"{text[:60]!r} is not base64") from None
    if base64.b64encode(raw).decode() != text or (size is not None and len(raw) != size):
        raise Wrong(f"{text[:60]!r} is not base64 of {size} bytes")
    return raw


class Tree:
    """RFC 6962 tree hash of leaves that come one by one: the roots of its perfect subtrees."""

    def __init__(self):
        self.size = 0
        self.stack = []  # (height, hash), highest first

    def append(self, leaf):
        height, node = 0, leaf
        while self.stack and self.stack[-1][0] == height:
            node = node_hash(self.stack.pop()[1], node)
            height += 1
        self.stack.append((height, node))
        self.size += 1

    def root(self):
        if not self.stack:
            return sha256()
        node = self.stack[-1][1]
        for _, left in reversed(self.stack[:-1]):
            node = node_hash(left, node)
        return node


def root_of(hashes):
    """Root of 2^k hashes in a row."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def verify_inclusion(leaf, index, size, root, proof):
    """RFC 9162, 2.1.3.2."""
    if index >= size:
        raise Wrong("the tree has no such leaf")
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise Wrong("the proof is too long")
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    if last != 0 or found != root:
        raise Wrong("the proof does not lead to the checkpoint's root")


class Key:
    """A vkey: name+hex(key id)+base64(type || Ed25519 public key)."""

    def __init__(self, vkey):
        try:
            self.name, key_id, blob = vkey.strip().split("+", 2)
            self.id = bytes.fromhex(key_id)
        except ValueError:
            raise Wrong(f"{vkey.strip()[:100]!r} is no vkey") from None
        raw = unbase64(blob, 33)
        self.kind, self.public = raw[0], raw[1:]
        self.text = vkey.strip()
        if self.id != sha256(self.name.encode(), b"\n", raw)[:4]:
            raise Wrong(f"vkey {self.name}: its key id is not that of its key")

    def verifies(self, signature, message):
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
            return True
        except (InvalidSignature, ValueError):
            return False


def split_note(note):
    text, _, tail = note.rpartition("\n\n")
    signatures = []
    for line in tail.splitlines():
        dash, name, blob = (line.split(" ", 2) + ["", ""])[:3]
        if dash != "\u2014":
            raise Wrong("a signature line does not begin with a dash")
        raw = unbase64(blob)
        signatures.append((name, raw[:4], raw[4:]))
    return text + "\n", signatures


class Checkpoint:
    """A checkpoint's note: what it says, and who signed it."""

    def __init__(self, note):
        self.note = note
        self.text, self.signatures = split_note(note)
        lines = self.text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise Wrong("a checkpoint has three lines")
        self.origin, self.size, self.root = lines[0], decimal(lines[1]), unbase64(lines[2], 32)

    def by(self, key):
        """The signatures in the name of a key."""
        return [raw for name, key_id, raw in self.signatures
                if name == key.name and key_id == key.id]

    def is_signed_by(self, key):
        signed = self.by(key)
        return bool(signed) and all(key.verifies(raw, self.text.encode()) for raw in signed)

    def is_cosigned_by(self, key):
        signed = self.by(key)
        return bool(signed) and all(
            len(raw) == 72 and key.verifies(
                raw[8:], b"cosignature/v1\ntime %d\n" % int.from_bytes(raw[:8], "big") +
                self.text.encode())
            for raw in signed)

    def expect(self, log_key, cosigner):
        if self.origin != log_key.name:
            raise Wrong(f"its checkpoint is of {self.origin}")
        if not self.is_signed_by(log_key):
            raise Wrong("its checkpoint is not signed by the log's key")
        if cosigner and not self.is_cosigned_by(cosigner):
            raise Wrong("its checkpoint is not cosigned by the ledger")


def tile_path(level, index, width=WIDTH):
    """`level`: a number, or "entries"."""
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    partial = f".p/{width}" if width < WIDTH else ""
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def tiles_of(size, since=0):
    """(level, index, width) of the tiles of a tree that one of `since` leaves has not."""
    for level in range(LAST_LEVEL + 1):
        hashes, had = size >> (8 * level), since >> (8 * level)
        if hashes > had:
            for index in range(had // WIDTH, (hashes + WIDTH - 1) // WIDTH):
                yield level, index, min(WIDTH, hashes - index * WIDTH)


def split_tile(raw, width):
    if len(raw) != 32 * width:
        raise Wrong(f"a tile of {width} hashes has {len(raw)} bytes")
    return [raw[at:at + 32] for at in range(0, len(raw), 32)]


class Edge:
    """The unfinished tiles of a growing tree: one row of hashes a level."""

    def __init__(self):
        self.size = 0
        self.rows = [[] for _ in range(LAST_LEVEL + 1)]

    def append_tile(self, leaves):
        """Up to a full row of leaves more; yields (level, index, hashes) of what is full now."""
        self.rows[0] += leaves
        self.size += len(leaves)
        level = 0
        while len(self.rows[level]) == WIDTH:
            index = (self.size >> (8 * (level + 1))) - 1
            yield level, index, self.rows[level]
            self.rows[level + 1].append(root_of(self.rows[level]))
            self.rows[level] = []
            level += 1

    def root(self):
        node = None
        for row in self.rows:
            left = row
            while left:
                count = len(left) & -len(left)
                subtree = root_of(left[-count:])
                node = subtree if node is None else node_hash(subtree, node)
                left = left[:-count]
        return sha256() if node is None else node


class TiledTree:
    """Roots of a tree's beginnings, from its tiles. `fetch(level, index, width)` gives hashes."""

    def __init__(self, size, fetch):
        self.size = size
        self.fetch = fetch

    def root_at(self, size):
        """Of the first `size` leaves."""
        node, end = None, size
        while end:
            height = (end & -end).bit_length() - 1
            end -= 1 << height
            subtree = self.subtree(height, end >> height)
            node = subtree if node is None else node_hash(subtree, node)
        return sha256() if node is None else node

    def subtree(self, height, index):
        level, above = divmod(height, 8)
        first = index << above
        hashes = self.size >> (8 * level)
        row = self.fetch(level, first // WIDTH, min(WIDTH, hashes - first // WIDTH * WIDTH))
        at = first % WIDTH
        return root_of(row[at:at + (1 << above)])


def read_proof(text):
    """A proof file: index, hashes, checkpoint."""
    head, gap, note = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Wrong("it is no tlog-proof file")
    if lines and lines[0].startswith("extra "):
        unbase64(lines.pop(0)[len("extra "):])
    if not lines or not lines[0].startswith("index "):
        raise Wrong("it has no index")
    index = decimal(lines.pop(0)[len("index "):])
    return index, [unbase64(line, 32) for line in lines], Checkpoint(note)


def read_bundle(raw):
    """The entries of a bundle."""
    entries, at = [], 0
    while at < len(raw):
        length = int.from_bytes(raw[at:at + 2], "big")
        at += 2 + length
        if at > len(raw) or at < 2:
            raise Wrong("a bundle is cut in an entry")
        entries.append(raw[at - length:at])
    return entries
