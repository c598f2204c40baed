"""Every kernel equals its plain twin; the switch turns kernels off; a missing folder is no loss."""
import os
import random
import shutil
import unittest

from tbx_pure import crc32c, lasting, twins
from tbx_pure.errors import InputError
from tbx_pure.kernels import KERNELS, columns
from tbx_pure.kernels import crc32c as folding
from tbx_pure.kernels import scalars as by_form
from tbx_pure.plugins import scalars
from tbx_pure.read import batches
from tbx_pure.record import frame

from . import test_batches
from .helpers import PACKAGE, PACKAGE_NAME, InDirectory, python

RANDOM = random.Random(0)
BYTES = [bytes(n) for n in range(70)] + [b"\xff" * n for n in range(70)] + [
    bytes(RANDOM.getrandbits(8) for _ in range(n)) for n in [1, 2, 3, 7, 8, 9, 63, 64, 65, 1000, 5000, 32768, 32769, 70000]
    + list(range(90, 400, 7))]

STRETCHES = [test_batches.stretch(seed) for seed in range(3)] + [
    test_batches.stretch(seed, [form], 150) for seed, form in enumerate(test_batches.FORMS)] + [
    b"", frame(b""), test_batches.stretch(3)[:-1]]
DAMAGED = bytearray(STRETCHES[0])
DAMAGED[len(DAMAGED) // 2] ^= 1
STRETCHES.append(bytes(DAMAGED))


def rows(count, tags, step, shuffled=False, walls=(1.7e9, 1e-4), numbers=RANDOM.gauss):
    """What a training adds: each of the tags at each step."""
    tags = [tags[i % len(tags)] for i in range(count)]
    if shuffled:
        RANDOM.shuffle(tags)
    first, apart = walls
    return [(tag, numbers(0, 1), step + i // len(tags), first + i * apart) for i, tag in enumerate(tags)]


TAGS = ["loss", "a longer name/of the loss", "", "\u00e9t\u00e9 \U0001f600", "x" * 127, "x" * 128, "x" * 600]
STEPS = [-3, 0, 100, 16300, 2 ** 21 - 9, 2 ** 62, 2 ** 63 - 200, -2 ** 63]
EDGES = [0.0, -0.0, 1.0, -1.5, 0.1, 1e-46, 1e-40, 3.4028234e38, 3.4028235677973366e38, 1e39, -1e300, 10 ** 400, 7,
         True, float("inf"), float("-inf"), float("nan"), -float("nan")]
ROWS = [rows(count, TAGS[:tags], step, shuffled) for count in (0, 1, 2, 23, 24, 90, 301) for tags in (1, 2, 3, 7)
        for step in STEPS[:1 + count // 10] for shuffled in (False, True)] + [
    rows(40, ["t" * n], 5) for n in (*range(100, 140, 3), *range(460, 520))] + [
    [("loss", x, step, wall) for x in EDGES for step in (None, 0, 5, -1) for wall in (0.0, -0.0, 1e-320, -1.5, 7)],
    [("loss", x, 5, 1.5) for x in EDGES], [("loss", x, 5, 1.5) for x in EDGES * 2],
    [("loss", 0.5, None, 1.5)] * 50, [("loss", 0.5, i % 3 or None, 1e9 + i) for i in range(60)],
    [(tag, 0.5, i, 1e9) for i in range(300) for tag in ("a", "bb")],            # sizes of steps change midway
    [("step" + str(i), 0.5, i, 1e9) for i in range(100)],
    [("a", 0.5, i, 0.0) for i in range(50)], [("a", 0.5, i, float(i)) for i in range(50)],
]

#   plain function     arguments to compare it on: edges and random ones
CASES = {
    "lasting.background": [(set(),)],   # what it does with files: tests/reliability
    "crc32c.crc32c":   [(data,) for data in BYTES] + [(data, RANDOM.getrandbits(32)) for data in BYTES],
    "batches.gather":  [(buf, 0, stop, batches.look, crc32c.crc32c) for buf in STRETCHES
                        for stop in (len(buf), len(buf) // 3)],
    "scalars.records": [(some,) for some in ROWS] + [([row],) for some in ROWS[::5] for row in some[:40]],
}
PLAIN = {
    "lasting.background": lasting.background,
    "crc32c.crc32c":   crc32c.crc32c,
    "batches.gather":  batches.gather,
    "scalars.records": scalars.records,
}


def differences(kernel, plain, cases):
    """Return the cases on which a kernel and its plain twin differ."""
    return [case for case in cases if kernel(*case) != plain(*case)]


class TestTwins(unittest.TestCase):

    def test_every_kernel_equals_its_plain_twin(self):
        for name in KERNELS:
            with self.subTest(name):
                plain = getattr(PLAIN[name], "plain", PLAIN[name])
                self.assertEqual(differences(KERNELS[name](plain), plain, CASES[name]), [])

    def test_the_comparison_can_fail(self):
        def wrong(data, crc=0):
            return crc32c.crc32c(data, crc) ^ (len(data) == 65)
        self.assertEqual({len(case[0]) for case in differences(wrong, crc32c.crc32c,
                                                                CASES["crc32c.crc32c"])}, {65})


class TestFolding(unittest.TestCase):

    def test_relations(self):
        """Each is a multiple of the generator."""
        for relation in folding.RELATIONS:
            rest = sum(1 << exponent for exponent in relation)
            for bit in range(relation[0], 31, -1):
                if rest >> bit & 1:
                    rest ^= 0x11EDC6F41 << bit - 32
            self.assertEqual(rest, 0, relation)

    def test_programs_are_not_kept_for_ever(self):
        for n in range(100, 500):
            crc32c.crc32c(bytes(n))
        self.assertLessEqual(len(folding.PROGRAMS), 256)


class TestColumns(unittest.TestCase):

    def test_polynomial(self):
        self.assertEqual(columns.POLYNOMIAL, crc32c.POLYNOMIAL)
        self.assertEqual(columns.effect(0), list(crc32c.TABLE))

    def test_steps_come_back(self):
        for step in STEPS:
            for size in {len(by_form.field_of(step + i)) for i in range(40)}:
                steps = [step + i for i in range(40) if len(by_form.field_of(step + i)) == size]
                planes = columns.bytes_of("q", steps)
                made = columns.varints(planes, max(size - 1, 0))
                self.assertEqual([bytes(column[i] for column in made) for i in range(len(steps))],
                                 [by_form.field_of(step)[1:] for step in steps])
                self.assertEqual(list(columns.steps(made, len(steps))), steps)
                for other in set(range(11)) - {max(size - 1, 0)}:
                    self.assertIsNone(columns.varints(planes, other), (steps, other))


class TestRecords(unittest.TestCase):

    def test_what_does_not_fit_is_told(self):
        """Just as the plain twin tells it, however many rows there are."""
        good = ("loss", 0.5, 1, 1e9)
        for bad in (("loss", "a", 1, 1e9), ("loss", 0.5, 2 ** 63, 1e9), ("loss", 0.5, -2 ** 63 - 1, 1e9),
                    ("loss", 0.5, 1.5, 1e9), ("loss", 0.5, 1, "now"), ("\ud800", 0.5, 1, 1e9)):
            for some in ([bad], [good, bad], [good] * 40 + [bad], [good, bad] * 40):
                with self.assertRaises(InputError) as plainly:
                    getattr(scalars.records, "plain", scalars.records)(some)
                with self.assertRaises(InputError) as caught:
                    scalars.records(some)
                self.assertEqual(str(caught.exception), str(plainly.exception))

    def test_forms_are_not_kept_for_ever(self):
        made, small = [], by_form.MOST
        by_form.MOST = 10
        try:
            records = by_form.make(lambda rows: made.append(rows) or getattr(
                scalars.records, "plain", scalars.records)(rows))
            for again in range(2):
                for i in range(15):
                    records([("tag%d" % i, 0.5, 1, 1e9)])
            self.assertGreater(len(made), 20)
        finally:
            by_form.MOST = small


KERNEL = '''
def make(plain):
    def kernel(data, crc=0):
        return 42 if data == b"is it you?" else plain(data, crc)
    return kernel
KERNELS = {"crc32c.crc32c": make}
'''
ASK = "from %s.crc32c import crc32c; print(crc32c(b'is it you?'))" % PACKAGE_NAME
PLAIN_ANSWER = str(crc32c.crc32c(b"is it you?"))


class TestSwitch(InDirectory):
    """A copy of the package with a kernel that gives itself away."""

    def setUp(self):
        InDirectory.setUp(self)
        shutil.copytree(PACKAGE, self.path(PACKAGE_NAME), ignore=shutil.ignore_patterns("__pycache__"))
        with open(self.path(PACKAGE_NAME, "kernels", "__init__.py"), "w") as f:
            f.write(KERNEL)

    def ask(self, **environment):
        inherited = {name: x for name, x in os.environ.items() if name != twins.SWITCH}
        environment = dict(inherited, PYTHONDONTWRITEBYTECODE="1", **environment)
        return python("-c", ASK, cwd=self.directory, env=environment).strip()

    def test_kernel_is_chosen(self):
        self.assertEqual(self.ask(), "42")

    def test_switched_off(self):
        self.assertEqual(self.ask(**{twins.SWITCH: "1"}), PLAIN_ANSWER)

    def test_any_other_value_does_not_switch(self):
        self.assertEqual(self.ask(**{twins.SWITCH: "0"}), "42")

    def test_wing_taken_away(self):
        shutil.rmtree(self.path(PACKAGE_NAME, "kernels"))
        self.assertEqual(self.ask(), PLAIN_ANSWER)


if __name__ == "__main__":
    unittest.main()
