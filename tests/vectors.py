"""The vectors of spec/vectors/.  spec/vectors/README.md"""
import json
import os

from tbx_pure import FormatError

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SPEC = os.path.join(ROOT, "spec")
NAMES = ("crc32c", "records", "varints", "fields", "events", "plugins", "media")       # api: test_golden.py


def load(name):
    """Return one file of vectors, as it stands in spec/vectors/."""
    with open(os.path.join(SPEC, "vectors", name + ".json"), encoding="utf-8") as f:
        return json.load(f)


def unhex(text):
    return bytes.fromhex(text.replace(" ", ""))


def lists(document):
    """Yield (name, vectors) of each list of vectors in a file."""
    for key, value in document.items():
        if isinstance(value, list):
            yield key, value


def decoded(table, buf, *span):
    """Return the dict of a message, or None for a FormatError that names a rule and a byte of it.

    Any other exception goes up: it is a bug.
    """
    try:
        values = table.decode(buf, *span)
    except FormatError as e:
        if not (e.rule.startswith("wire-") and 0 <= e.pos <= len(buf)):
            raise AssertionError("%r of %r" % (e, bytes(buf)))
        return None
    if type(values) is not dict:
        raise AssertionError("%r of %r" % (values, bytes(buf)))
    return values


def same(value):
    """Return text that is equal for equal JSON: maps in any order, 0.0 and -0.0 two values."""
    return json.dumps(value, sort_keys=True)
