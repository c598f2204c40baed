"""Damage done to files, everywhere: what tests/test_damage.py does to small files, damage.py to all."""
import glob
import os

from tbx_pure.read.records import scan

from .vectors import SPEC

FILES = sorted(glob.glob(os.path.join(SPEC, "vectors", "files", "*.tfevents")))


class Golden:
    """A file that has no damage: its bytes, its records as (offset, data), where each ends."""

    def __init__(self, path):
        self.name = os.path.basename(path)
        with open(path, "rb") as f:
            self.buf = f.read()
        self.records = list(scan(self.buf))
        self.starts = [offset for offset, _ in self.records]
        self.ends = self.starts[1:] + [len(self.buf)]

    def record_at(self, i):
        """The number of the record that byte i is in."""
        return sum(end <= i for end in self.ends)

    def without(self, k, moved=0):
        """All records but k; those behind it stand `moved` bytes further on."""
        return self.records[:k] + [(offset + moved, data) for offset, data in self.records[k + 1:]]


def read(buf, **options):
    """Return (records, spans of damage, span of the torn end) as scan() tells them."""
    records = scan(buf, **options)
    found = list(records)
    torn = records.torn and (records.torn.start, records.torn.end)
    return found, [(damage.start, damage.end) for damage in records.damage], torn


def cuts(golden, step=1):
    """Yield (what was done, what it gives, what it should give) of a file cut at every offset."""
    for n in range(0, len(golden.buf) + 1, step):
        whole = sum(end <= n for end in golden.ends)
        start = ([0] + golden.ends)[whole]
        yield n, read(golden.buf[:n]), (golden.records[:whole], [], (start, n) if n > start else None)


def flips(golden, step=1):
    """The same of a file with every bit flipped, in turn."""
    for i in range(0, len(golden.buf), step):
        k = golden.record_at(i)
        for bit in range(8):
            buf = bytearray(golden.buf)
            buf[i] ^= 1 << bit
            yield (i, bit), read(bytes(buf)), (
                golden.without(k), [(golden.starts[k], golden.ends[k])], None)


def deletions(golden, step=1):
    """The same of a file with every byte deleted, in turn."""
    for i in range(0, len(golden.buf), step):
        k = golden.record_at(i)
        found, damage, torn = read(golden.buf[:i] + golden.buf[i + 1:])
        yield i, (found, damage + [torn] if torn else damage), (    # the last record may wait
            golden.without(k, -1), [(golden.starts[k], golden.ends[k] - 1)])


def insertions(golden, step=1):
    """The same of a file with a byte put in before every one, in turn."""
    for i in range(0, len(golden.buf), step):
        k = golden.record_at(i)
        records, spans = golden.without(k, 1), [(golden.starts[k], golden.ends[k] + 1)]
        if i == golden.starts[k]:       # between two records: neither is harmed
            records = golden.records[:k] + [(at + 1, data) for at, data in golden.records[k:]]
            spans = [(i, i + 1)]
        found, damage, torn = read(golden.buf[:i] + b"\x5a" + golden.buf[i:])
        if torn and damage[-1][1] == torn[0]:   # the last record's: its last byte may be a new one's
            damage[-1] = damage[-1][0], torn[1]
        yield i, (found, damage), (records, spans)


KINDS = (cuts, flips, deletions, insertions)
