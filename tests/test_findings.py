"""verify and doctor take numbers by columns, and find what they would record by record."""
import random
import unittest
from unittest import mock

from tbx_pure.messages import EVENT, FILE_VERSION
from tbx_pure.read import diagnosis, verify
from tbx_pure.read.verify import Verification
from tbx_pure.record import frame

from .damaged import FILES
from .helpers import InDirectory
from .test_batches import FORMS, TENSOR, named, simple

BEGIN = frame(EVENT.encode({"wall_time": 1.0, "file_version": FILE_VERSION}))


def described(tag, x):
    return dict(simple(tag, x), metadata={"display_name": "shown"})


def cut(tag, x):
    """A number whose metadata makes no sense."""
    return dict(named(tag, x), metadata={"plugin_data": {"plugin_name": "scalars", "content": b"\x08"}})


def no_value(tag, x):
    return {"tag": tag}


def of_text(tag, x):
    return {"tag": tag, "metadata": {"plugin_data": {"plugin_name": "text"}}, "tensor": TENSOR}


RARE = FORMS + (described, cut, no_value, of_text)


def stretch(seed, n=400):
    """Events of a run that goes wrong now and then, framed."""
    chance, out, step, wall = random.Random(seed), [BEGIN], chance_of(seed), 1e9
    usual = chance.sample(RARE[:4] + RARE[8:10], 2)
    odd, tags = chance.choice([0, 0.01, 0.2]), ["a", "b", "c/longer than they are"]
    for i in range(n):
        wall += 0.5
        if i % len(tags) == 0:
            step += chance.choice([1, 1, 1, 1, 0, 200])
        if chance.random() < odd / 4:
            step -= chance.choice([1, 40])
        tag, form = tags[i % len(tags)], usual[0] if i % 50 else usual[1]
        if chance.random() < odd:
            tag, form = chance.choice(tags), chance.choice(RARE)
        event = {"wall_time": wall, "step": step, "summary": {"value": [form(tag, chance.random())]}}
        if chance.random() < odd / 2:
            event["wall_time"] = chance.choice([float("nan"), float("inf"), -float("inf"), 0.0])
        out.append(frame(EVENT.encode(event)))
        if chance.random() < odd / 4:
            out.append(frame(EVENT.encode({"wall_time": wall, "step": max(0, step - 10),
                                           "session_log": {"status": "START"}})))
    return b"".join(out)


def chance_of(seed):
    return [0, 5, 100, 16300, -3, 2 ** 40][seed % 6]


def one_by_one(records):
    """What batches() would yield, were there no points."""
    return ((offset, data, None) for offset, data in records)


class TestFindings(InDirectory):

    def findings(self, paths):
        found = []
        for path in paths:
            verification = Verification(path)
            found += map(repr, verification)                # a NaN is not equal to itself
            found.append(verification.records)
        patient = diagnosis.Patient("run", "where")
        for path in paths:
            patient.examine(path, path, lambda done: None)
        return found, [repr(finding) for finding in patient.findings()] + [
            patient.size(), repr(patient._spans), patient.tags("scalars")]

    def check(self, *paths):
        found = self.findings(paths)
        with mock.patch.object(verify, "batches", one_by_one), \
                mock.patch.object(diagnosis, "batches", one_by_one):
            wanted = self.findings(paths)
        self.assertEqual(found, wanted)
        return len(found[0])

    def written(self, name, buf):
        with open(self.path(name), "wb") as file:
            file.write(buf)
        return self.path(name)

    def test_runs(self):
        many = 0
        for seed in range(24):
            with self.subTest(seed=seed):
                many += self.check(self.written("one", stretch(seed)),
                                   self.written("two", stretch(seed + 1, 60))) > 8
        self.assertGreater(many, 8)

    def test_damaged(self):
        chance = random.Random(7)
        for seed in range(24):
            buf = bytearray(stretch(seed, 150))
            for _ in range(chance.choice([1, 1, 4])):
                buf[chance.randrange(len(buf))] ^= 1 << chance.randrange(8)
            cut = chance.randrange(len(buf)) if seed % 3 == 0 else len(buf)
            with self.subTest(seed=seed):
                self.check(self.written("bad", bytes(buf[:cut])))

    def test_golden_files(self):
        for path in FILES:
            self.check(path)

    def test_others_between_the_points_of_a_tag(self):
        """A picture under the tag of numbers, at a step between theirs, goes no step back."""
        numbers = [frame(EVENT.encode({"wall_time": 1.0, "step": step, "summary": {"value": [
            simple("x", 1.0)]}})) for step in range(0, 200, 2)]
        for i in range(9, 90, 9):
            numbers[i] += frame(EVENT.encode({"wall_time": 1.0, "step": 2 * i + 1, "summary": {
                "value": [{"tag": "x", "histo": {"min": 1.0}}]}}))
        path = self.written("mixed", BEGIN + b"".join(numbers))
        self.check(path)
        self.assertEqual({finding.rule for finding in Verification(path)
                          if finding.message.startswith("'x' ")}, {"summary-7"})


if __name__ == "__main__":
    unittest.main()
