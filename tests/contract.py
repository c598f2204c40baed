"""Tries a program in any language on the vectors: python3 -m tests.contract PROGRAM ARGUMENT ...

The program writes and reads event files as spec/vectors/README.md#a-program-of-your-own says.  This
prints what it did, by rule, and exits with 1 if it failed at anything, 2 if it cannot be run.
"""
import json
import os
import re
import subprocess
import sys
from collections import namedtuple

from tbx_pure.crc32c import crc32c, masked
from tbx_pure.record import CRC, LENGTH, frame, unframe

from .vectors import SPEC, load, unhex

SECONDS = 60                            # for one run of the program
EXAMPLE = ["--message", "Example", "--tables", os.path.join(SPEC, "vectors", "fields.json")]

# What the vectors have and two commands cannot ask for.
BEYOND = (
    ("media.json", "pictures and sounds are bytes to encode and decode"),
    ("api.json, cases", "the calls are those of a Python class; the records are read and written again"),
    ("plugins.json, runs and bad", "events are read; what they break is the plugin's affair, and a "
                                   "file's name, its place and how it grew are a directory's"),
    ("records.json, files, end", "where a reader waits is told to people, on standard error"),
    ("records.json, files, after", "going on behind damage is for other readers"),
)

CANNOT = "exit code 2: it has no such message"
Result = namedtuple("Result", "id does rules trouble")         # trouble: None if it went well
Answer = namedtuple("Answer", "code found err trouble")        # trouble: with what it puts out


class Vector(namedtuple("Vector", "id rules data value")):
    """Bytes of a message, and what they are in JSON; None for bytes that just have to be read."""


def in_a_process(command):
    """Return the program that is run by `command`: (arguments, stdin) -> (code, stdout, stderr)."""
    def program(arguments, stdin):
        try:
            done = subprocess.run(command + arguments, input=stdin, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return None, b"", "still running after %d seconds" % SECONDS
        return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")
    return program


def results(program, *parts):
    """Yield a Result for each thing the program is asked to do, in some parts or in all."""
    for part in parts or PARTS:
        for result in part(Asked(program)):
            yield result


# ---- one question ----

class Asked:
    """The questions that can be put to a program."""

    def __init__(self, program):
        self.program = program

    def decode(self, file, arguments=()):
        """Return an Answer; what it found is values in JSON."""
        return self._answer("decode", file, arguments, lambda out: [
            json.loads(line, parse_constant=_no_json) for line in out.decode("utf-8").splitlines()])

    def encode(self, values, arguments=()):
        """Return an Answer; what it found is the data of each record."""
        text = "".join(json.dumps(value) + "\n" for value in values)
        return self._answer("encode", text.encode("ascii"), arguments, _split)

    def _answer(self, command, stdin, arguments, parse):
        code, out, err = self.program([command] + list(arguments), stdin)
        try:
            return Answer(code, parse(out), err, None)
        except ValueError as e:         # no JSON, no records
            return Answer(code, [], err, "exit code %s, puts out %s" % (code, e))

    def reads(self, vectors, arguments=()):
        """Yield whether it reads each, all in one file; one by one if it does not."""
        for vector, found, trouble in self.read(vectors, arguments):
            if trouble is None and vector.value is not None and same(found) != same(vector.value):
                trouble = "%s, not %s" % (_short(found), _short(vector.value))
            yield Result(vector.id, "read", vector.rules, trouble)

    def read(self, vectors, arguments=()):
        """Return [(vector, what it reads, trouble)]."""
        return self._each(vectors, arguments, lambda some: self.decode(
            b"".join(frame(vector.data) for vector in some), arguments))

    def writes(self, vectors, arguments=()):
        """Yield whether it writes the bytes of each, all in one file or one by one."""
        for vector, found, trouble in self._each(vectors, arguments, lambda some: self.encode(
                [vector.value for vector in some], arguments)):
            if trouble is None and found != vector.data:
                trouble = "%s, not %s" % (_short(found.hex()), _short(vector.data.hex()))
            yield Result(vector.id, "write", vector.rules, trouble)

    def _each(self, vectors, arguments, ask):
        """Return [(vector, what was found, trouble)]: all at once, or in halves if that fails."""
        vectors = list(vectors)
        answer = ask(vectors)
        if answer.code == 0 and not answer.trouble and len(answer.found) == len(vectors):
            return [(vector, one, None) for vector, one in zip(vectors, answer.found)]
        if answer.code == 2 and arguments:
            return [(vector, None, CANNOT) for vector in vectors]
        if len(vectors) == 1:
            return [(vectors[0], None, answer.trouble or "exit code %s, puts out %d: %s" % (
                answer.code, len(answer.found), _short(answer.err)))]
        half = len(vectors) // 2
        return (self._each(vectors[:half], arguments, ask)
                + self._each(vectors[half:], arguments, ask))

    def refuses(self, id, rules, file, rule, pos, before=None, arguments=()):
        """Return whether it says `rule` and `pos` of a damaged file, after what comes before."""
        code, found, err, trouble = self.decode(file, arguments)
        if trouble:
            pass
        elif code == 2 and arguments:
            trouble = CANNOT
        elif code != 1:
            trouble = "exit code %s, not 1" % code
        elif not re.search(r"\b%s\b" % rule, err):
            trouble = "does not name %s, but says %s" % (rule, _short(err))
        elif not re.search(r"\bbyte %d\b" % pos, err):
            trouble = "does not say byte %d, but %s" % (pos, _short(err))
        elif before is not None and len(found) != before:
            trouble = "puts out %d events, not the %d before the damage" % (len(found), before)
        return Result(id, "refuse", rules, trouble)

    def waits(self, case, file, count):
        """Return whether it puts out the `count` events that are there, and finds no damage."""
        code, found, err, trouble = self.decode(file)
        if not trouble and (code, len(found)) != (0, count):
            trouble = "exit code %s, %d events: %s" % (code, len(found), _short(err))
        return Result(case["id"], "wait", case["rules"], trouble)


def _no_json(name):
    raise ValueError("%s, which is no JSON" % name)


def _split(file):
    """Return the data of each record; ValueError if there is anything else."""
    found, pos = [], 0
    while pos < len(file):
        try:
            record = unframe(file, pos)
        except Exception as e:
            raise ValueError("no record: %s" % e)
        if record is None:
            raise ValueError("a record that does not end")
        data, pos = record
        found.append(data)
    return found


def same(value):
    """Return what is equal for equal JSON: numbers by value, maps in any order, -0.0 is not 0.0."""
    def plain(x):
        if isinstance(x, dict):
            return {name: plain(item) for name, item in x.items()}
        if isinstance(x, list):
            return [plain(item) for item in x]
        return float(x) if isinstance(x, (int, float)) and not isinstance(x, bool) else x
    return json.dumps(plain(value), sort_keys=True)


def _short(x):
    text = x.strip() if isinstance(x, str) else json.dumps(x)
    return text if len(text) <= 200 else text[:200] + "..."


# ---- the vectors ----

def checksums(asked):
    for case in load("crc32c")["crcs"]:
        data = unhex(case["data"]) * case["times"]
        yield takes(asked, case, _with_crc(data, case["masked"]))
        if case["crc"] != case["masked"]:
            yield asked.refuses(case["id"] + ", not masked", case["rules"] + ["record-3"],
                                _with_crc(data, case["crc"]), "record-3", 12)


def takes(asked, case, record):
    """Return whether it takes a record; its data need not be an event, but then it has to say so."""
    code, _, err, trouble = asked.decode(record)
    if not trouble and not (code == 0 or code == 1 and re.search(r"\bwire-\d", err)):
        trouble = "exit code %s: %s" % (code, _short(err))
    return Result(case["id"], "read", case["rules"], trouble)


def _with_crc(data, crc):
    length = LENGTH.pack(len(data))
    return length + CRC.pack(masked(crc32c(length))) + data + CRC.pack(int(crc, 16))


def records(asked):
    document = load("records")
    for case in document["records"]:
        yield takes(asked, case, unhex(case["record"]))
    for case in document["bad"]:
        yield asked.refuses(case["id"], case["rules"], unhex(case["record"]), case["rule"], case["pos"])
    for case in document["partial"]:
        yield asked.waits(case, unhex(case["record"]), 0)
    for case in document["files"]:
        file, data = unhex(case["file"]), list(map(unhex, case["data"]))
        if "rule" in case:
            yield asked.refuses(case["id"], [case["rule"]], file, case["rule"], case["pos"], len(data))
        else:
            yield asked.waits(case, file, len(data))


def varints(asked):
    """As an element of uint64_val: a varint alone is no event."""
    document = load("varints")
    found = [(case, Vector(case["id"], case["rules"], _element(unhex(case["hex"])), {"summary": {
        "value": [{"tensor": {"uint64_val": [case["n"]]}}]}})) for case in document["varints"]]
    for result in asked.reads(vector for _, vector in found):
        yield result
    for result in asked.writes(vector for case, vector in found if case["roundtrip"]):
        yield result
    for case in document["bad"]:
        yield asked.refuses(case["id"], case["rules"], frame(b"\x10" + unhex(case["hex"])),
                            case["rule"], 12 + 1 + case["pos"])         # as a step


def _element(varint):
    """Return the event of a summary of a value of a tensor whose uint64_val is `varint`, packed."""
    data = b"\x8a\x01" + bytes([len(varint)]) + varint
    for key in b"\x42", b"\x0a", b"\x2a":
        data = key + bytes([len(data)]) + data
    return data


def fields(asked):
    document = load("fields")
    valid = document["valid"]
    for result in asked.reads([Vector(case["id"], case["rules"], unhex(case["hex"]), case["value"])
                               for case in valid], EXAMPLE):
        yield result
    for key in "value", "given":
        for result in asked.writes([Vector(case["id"], case["rules"], unhex(case["hex"]), case[key])
                                    for case in valid if case["roundtrip"] and key in case], EXAMPLE):
            yield result
    for case in document["bad"]:
        result = asked.refuses(case["id"], case["rules"], frame(unhex(case["hex"])), case["rule"],
                               12 + case["pos"], 0, EXAMPLE)
        if case.get("optional") and result.trouble:
            result, = asked.reads([Vector(case["id"], case["rules"], unhex(case["hex"]), None)], EXAMPLE)
        yield result
    for case in document["unwritable"]:
        code, found, err, trouble = asked.encode([case["value"]], EXAMPLE)
        if code == 2:
            trouble = CANNOT
        elif code != 1 or found:
            trouble = "exit code %s and %d records, not 1 and none" % (code, len(found))
        yield Result(case["id"], "refuse", case["rules"], trouble)


def events(asked):
    for name in "events", "plugins":
        document = load(name)
        found = [(case, Vector(case["id"], case["rules"], unhex(case["hex"]), case["event"]))
                 for case in document["valid"]]
        for result in asked.reads(vector for _, vector in found):
            yield result
        for result in asked.writes(vector for case, vector in found if case["roundtrip"]):
            yield result
    for case in load("events")["bad"]:
        yield asked.refuses(case["id"], case["rules"], frame(unhex(case["hex"])), case["rule"],
                            12 + case["pos"], 0)
    document = load("plugins")
    for result in asked.reads(Vector(case["id"], case["rules"], data, None)
                              for case in document["runs"] + document["bad"] for data in _data(case)):
        yield result


def _data(case):
    """Yield the data of each event that a vector of plugins.json or api.json holds as hex."""
    lists = [case.get("events", ()), case.get("records", ())]
    lists += list(case.get("written", {}).values()) + list(case.get("runs", {}).values())
    for found in lists:
        for data in found:
            yield unhex(data)


def contents(asked):
    """The messages that plugins put into events, as bytes."""
    document = load("api")
    for name in sorted({case["table"] for case in document["contents"]}):
        vectors = [Vector(case["id"], ["wire-1"], unhex(case["hex"]), case["value"])
                   for case in document["contents"] if case["table"] == name]
        for result in asked.reads(vectors, ["--message", name]):
            yield result
        for result in asked.writes(vectors, ["--message", name]):
            yield result


def files(asked):
    """The whole files, of several writers."""
    folder = os.path.join(SPEC, "vectors", "files")
    for name in sorted(os.listdir(folder)):
        name, ending = os.path.splitext(name)
        if ending == ".tfevents":
            with open(os.path.join(folder, name + ".json"), encoding="utf-8") as f:
                expected = json.load(f)["events"]
            with open(os.path.join(folder, name + ".tfevents"), "rb") as f:
                file = f.read()
            rules = ["record-1", "record-6"]
            answer = asked.decode(file)
            yield Result(name, "read", rules, _other(answer, same(answer.found) == same(expected)))
            answer = asked.encode(expected)
            yield Result(name, "write", rules, _other(answer, b"".join(
                map(frame, answer.found)) == file))


def _other(answer, equal):
    if answer.trouble or equal and answer.code == 0:
        return answer.trouble
    return "exit code %s, or not the same: %s" % (answer.code, _short(answer.err))


def calls(asked):
    """Records of a writer, read, and what was read written again."""
    read = asked.read(Vector(case["id"], ["wire-8", "wire-11"], data, None)
                      for case in load("api")["cases"] for data in _data(case))
    for vector, found, trouble in read:
        yield Result(vector.id, "read", vector.rules, trouble)
    for result in asked.writes(vector._replace(value=found) for vector, found, trouble in read
                               if trouble is None and '"NaN"' not in json.dumps(found)):
        yield result                    # which NaN it was is not in JSON  [wire-6]


PARTS = checksums, records, varints, fields, events, contents, files, calls


# ---- the report ----

def report(found):
    """Yield lines: a table by rule, what failed, what was not tried."""
    rules = {}
    for result in found:
        for rule in result.rules or ["other"]:
            rules.setdefault(rule, []).append(result)
    yield "%-18s %7s %7s %10s" % ("rule", "passed", "failed", "not tried")
    for rule in sorted(rules, key=_in_order):
        yield "%-18s %7d %7d %10d" % ((rule,) + counted(rules[rule]))
    yield "%-18s %7d %7d %10d" % (("in all",) + counted(found))
    for result in found:
        if result.trouble not in (None, CANNOT):
            yield "FAILED: %s %s: %s" % (result.does, result.id, result.trouble)
    for name, why in BEYOND:
        yield "beyond this: %s: %s" % (name, why)


def counted(found):
    """Return how many passed, failed, and were not tried."""
    troubles = [result.trouble for result in found]
    passed, untried = troubles.count(None), troubles.count(CANNOT)
    return passed, len(troubles) - passed - untried, untried


def _in_order(rule):
    name, _, number = rule.rpartition("-")
    return (name != "record", name != "wire", name, int(number)) if name else (True, True, "~", 0)


def main(argv):
    """Try the program, print the report, return the exit code."""
    if not argv or argv[0] in ("-h", "--help"):
        print(__doc__)
        return 0 if argv else 2
    try:
        found = list(results(in_a_process(argv)))
    except OSError as e:
        print("%s: %s" % (argv[0], e.strerror), file=sys.stderr)
        return 2
    for line in report(found):
        print(line)
    return 1 if counted(found)[1] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
