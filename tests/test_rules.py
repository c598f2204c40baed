"""Every rule of spec/ for events, runs and names: good vectors keep it, bad ones break it.

The checks stand in rules.py; pages 1 and 2 are tried in test_spec.py.
"""
import os
import re
import unittest
from unittest import mock

from tbx_pure import FormatError
from tbx_pure.messages import EVENT
from tbx_pure.plugins import MEMBER, describe, read
from tbx_pure.read.events import event_files
from tbx_pure.read import run as reader
from tbx_pure.record import frame

from . import rules
from .helpers import InDirectory, records
from .rules import READERS, RULES, TAKEN, Log, log
from .test_golden import CASES, FILES, Replayed, forms
from .vectors import SPEC, load, unhex

EVENTS, PLUGINS = load("events"), load("plugins")
VALID = EVENTS["valid"] + PLUGINS["valid"] + PLUGINS["runs"]
BAD = PLUGINS["bad"]

#   rule                what we write all the same, of the calls in api.json: and why
OURS = {
    "custom-scalars-3": {"layout-two"},                             # the caller names no tag
    "histograms-6":     {"histogram-raw-nan"},                      # raw: as the caller counted
    "mesh-3":           {"mesh-other-points"},                      # with a warning
    "scalars-3":        {"scalar-double"},                          # asked for, with a warning
    "summary-2":        {                                           # tags are not cleaned there,
        "tag-empty", "tag-only-slash", "histogram-raw-tag", "text-tag-space", "text-tag-slash",
        "text-tag-empty", "audio-tag", "boxes-tag", "pr-curve-default", "mesh-tag",   # as tensorboardX has it
        "tensor-float32", "tensor-float64", "tensor-int8", "tensor-int16", "tensor-int32",
        "tensor-int64", "tensor-float16", "tensor-bool", "tensor-number", "tensor-rows",
        "tensor-deep", "tensor-empty", "tensor-empty-rows", "tensor-uint8", "tensor-bfloat16",
        "tensor-complex64", "tensor-complex128"},
    "summary-8":        {"steps-repeated", "steps-back"},           # with a warning
    "tensor-1":         {"scalar-new-style", "scalar-new-style-0",  # torch's bytes
                         "scalar-double"},
}
#   what tensorboardX and torch write for them, and we do not; spec/deviations.md, in most cases
THEIRS = {
    "custom-scalars-4": {"layout-added"},
    "event-2":          {"scalar-walltime-nan", "scalar-walltime-inf"},
    "histograms-6":     {"histogram-nan", "histogram-inf"},
    "hparams-1":        {"hparams-torch-step"},
    "hparams-4":        {"hparams-metric-tag"},
    "images-1":         {"boxes-rescale"},
    "mesh-2":           {"mesh-faces-batch"},
    "mesh-3":           {"mesh-faces-half"},
    "mesh-4":           {"mesh-colors-beyond", "mesh-colors-shape"},
    "mesh-5":           {"mesh-config-nan"},
    "pr-curves-5":      {"pr-curve-raw-nan"},
    "summary-2":        {"tag-torch", "tag-torch-slash", "tag-none"},
    "summary-4":        {"scalar-display-name", "scalar-description", "scalar-both"},
    "summary-8":        {"steps-none", "steps-none-of-two-tags", "steps-some"},
    "tensor-2":         {"tensor-uint8"},
    "tensor-4":         {"tensor-uint8"},
    "tensor-5":         {"tensor-float16", "tensor-bfloat16"},
}
#   the same, in whole files
IN_FILES = {
    "tensorboardX":     {"summary-2"},                              # a tag of pr_curves
    "tensorflow":       {"audio-5",                                 # labels
                         "summary-3"},                              # write() without metadata
    "torch":            {"summary-1", "scalars-1",                  # a video it could not encode
                         "summary-2", "scalars-3", "tensor-1", "tensor-5"},
    "torch-hparams":    {"hparams-1"},                              # with a step
}


def broken(log):
    """Return the names of all rules that a Log breaks."""
    return {name for name, check in RULES.items() if check(log)}


def stated():
    """Return the rules of pages 3 to 6 and of the plugins, as the pages name them."""
    found = []
    for folder, folders, names in os.walk(SPEC):
        folders[:] = set(folders) - {"zh"}
        for name in sorted(names):
            if re.match(r"[3-6]-", name) or os.path.basename(folder) == "plugins":
                with open(os.path.join(folder, name), encoding="utf-8") as f:
                    found += re.findall(r"^\*\*([a-z-]+-\d+)\*\*", f.read(), re.M)
    return found


class TestTable(unittest.TestCase):
    def test_every_rule_stands_in_one_table(self):
        self.assertEqual(sorted(list(RULES) + list(READERS) + list(TAKEN)), sorted(stated()))

    def test_every_rule_has_a_vector_that_keeps_it_and_one_that_does_not(self):
        kept = {rule for case in VALID for rule in case["rules"]
                if rule not in case.get("breaks", ())}
        self.assertEqual((set(RULES) | set(READERS)) - kept, set())
        self.assertEqual(set(RULES) | set(READERS), {case["rule"] for case in BAD})

    def test_every_rule_that_allows_something_has_a_vector_that_makes_use_of_it(self):
        used = {rule for case in VALID for rule in case["rules"]
                if rule in TAKEN and TAKEN[rule](log(case))}
        self.assertEqual(used, set(TAKEN))
        said = {rule for case in VALID for rule in case.get("breaks", ())}
        said |= {rule for case in BAD for rule in case["rules"]}
        self.assertEqual(said & set(TAKEN), set())


class TestVectors(unittest.TestCase):
    def test_valid(self):
        for case in VALID:
            with self.subTest(case["id"]):
                self.assertEqual(broken(log(case)), set(case.get("breaks", ())))

    def test_bad(self):
        for case in BAD:
            with self.subTest(case["id"]):
                self.assertEqual(case["rules"][0], case["rule"])
                self.assertEqual(broken(log(case)), set(case["rules"]) - set(READERS))


class TestReaders(InDirectory):
    def found(self, case):
        """Return what our reader finds of a vector's names, [(run, path in the log directory)]."""
        top = self.path(case["id"])
        for name in case.get("names", []) + case.get("others", []):
            path = os.path.join(top, *name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "wb").close()
        os.makedirs(top, exist_ok=True)
        return [(run.replace(os.sep, "/"), os.path.relpath(path, top).replace(os.sep, "/"))
                for run, path in event_files(top)]

    def test_ours_does_as_the_rule_says(self):
        for case in BAD:
            if case["rule"] in READERS:
                with self.subTest(case["id"]):
                    self.assertTrue(READERS[case["rule"]](log(case), self.found(case)))

    def test_ours_takes_what_is_allowed(self):
        """Each point is read, and no damage found."""
        tried = set()
        for case in VALID:
            allowed = {rule for rule in case["rules"] if rule in TAKEN and TAKEN[rule](log(case))}
            if allowed and "summary-7" not in case["rules"]:
                with self.subTest(case["id"]):
                    raw = b"".join(frame(event.raw) for event in log(case).events)
                    run = reader.Run(raw, strict=True)
                    found = len([point.value for plugin, tags in run.tags().items() for tag in tags
                                 for point in run.series(plugin, tag)])
                    if allowed <= {"graphs-6", "hparams-3"}:
                        self.assertTrue(run.hparams() or len(run.graphs()))
                    else:
                        self.assertEqual(found, len(log(case).points))
                    tried |= allowed
        self.assertEqual(tried, set(TAKEN))

    def test_ours_reads_or_refuses_what_breaks_a_rule(self):
        refused = set()
        for case in BAD:
            for point in log(case).points:
                with self.subTest(case["id"]):
                    describe(point.value)
                    try:
                        if point.plugin in MEMBER:
                            read(point.plugin, point.value)
                    except FormatError as e:
                        refused.add(e.rule)
        self.assertLessEqual({"pr-curves-1", "histograms-5", "images-4", "tensor-4"}, refused)

    def test_several_values_in_an_event_are_as_one_each(self):                  # summary-10
        points = [{"tag": tag, "simple_value": x} for tag, x in (("a", 1.0), ("b", 2.0), ("a", 3.0))]
        together = [{"step": 1, "summary": {"value": points}}]
        apart = [{"step": 1, "summary": {"value": [point]}} for point in points]
        read = [reader.Run(b"".join(frame(EVENT.encode(event)) for event in events))
                for events in (together, apart)]
        for tag in "ab":
            self.assertEqual(*[list(run.scalars(tag).values) for run in read])
            self.assertEqual(*[list(run.scalars(tag).steps) for run in read])

    def test_another_would_not(self):
        careless = {
            "files-4": lambda run, names, others: [(".", name) for name in names + others],
            "files-5": lambda run, names, others: [(run, name) for name in names],
            "files-9": lambda run, names, others: [(run, name) for name in names + others]}
        for case in BAD:
            if case["rule"] in careless:
                names = case["names"], case.get("others", [])
                found = careless[case["rule"]]("run", *names)
                self.assertFalse(READERS[case["rule"]](log(case), found), case["id"])
        wrong = (("histograms-2", rules.histograms, "read", [(0.0, 0.0, 0.0)]),
                 ("pr-curves-2", rules.pr_curves, "read", [()] * 127),
                 ("tensor-7", rules, "tensor_values", None))
        for rule, module, name, answer in wrong:
            for case in BAD:
                if case["rule"] == rule:
                    with mock.patch.object(module, name, lambda x, answer=answer: answer):
                        self.assertFalse(READERS[rule](log(case), []), case["id"])


class Run(Replayed):
    """What our writer left of a case: .log"""

    def look(self, directory):
        written, files = {}, {}
        for folder, _, names in os.walk(directory):
            for name in names:
                path = os.path.join(folder, name)
                short = os.path.relpath(path, directory).replace(os.sep, "/")
                if "tfevents" in name:
                    written[short] = records(path)
                else:
                    with open(path, "rb") as f:
                        files[short] = f.read()
        self.log = Log(written=written, files=files)


class TestWriters(InDirectory):
    maxDiff = 3000

    def by_rule(self, found):
        """Return {rule: ids} of [(id, rules)]."""
        made = {}
        for name, names in found:
            for rule in names:
                made.setdefault(rule, set()).add(name)
        return made

    def test_ours(self):
        cases = [case for case in CASES if forms(case)]
        made = [(case["id"], Run(case, self.path(str(i)), forms(case)[0]).log)
                for i, case in enumerate(cases)]
        self.assertGreater(sum(len(log.events) for _, log in made), 700)
        found = self.by_rule((name, broken(log)) for name, log in made)
        here = {case["id"] for case in cases}           # old Pythons have no buffer of float16
        self.assertEqual(found, {rule: ids & here for rule, ids in OURS.items() if ids & here})

    def test_theirs(self):
        found = self.by_rule((case["id"], broken(Log(map(unhex, data))))
                             for case in CASES
                             for data in [case["records"]] + list(case.get("runs", {}).values()))
        both = {rule: found[rule] & ids for rule, ids in OURS.items() if rule in found}
        wanted = {rule: ids | both.get(rule, set()) for rule, ids in THEIRS.items()}
        self.assertEqual(found, dict(both, **wanted))

    def test_files(self):
        found = {}
        for path in FILES:
            name = "run/events.out.tfevents.1700000000.host.1.0"
            rules = broken(Log(written={name: records(path)}))
            if rules:
                found[os.path.basename(path)[:-len(".tfevents")]] = rules
        self.assertEqual(found, IN_FILES)


if __name__ == "__main__":
    unittest.main()
