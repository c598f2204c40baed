"""Run by name: so many cases of each target, each target a test."""
import argparse
import random
import sys
import time
import unittest

from .targets import TARGETS


def case_of(target, seeds, seed, number):
    """Return the case of a number: the same one whenever it is asked for."""
    return target.mutate(random.Random("%s %s %d" % (target.name, seed, number)), seeds)


def run(target, seed, first, cases):
    """Check cases; return how many of them were read.  The first failure is told so as to repeat it."""
    seeds, read = target.seeds(), 0
    for number in range(first, first + cases):
        case = case_of(target, seeds, seed, number)
        try:
            read += bool(target.check(case))
        except BaseException as e:
            raise AssertionError("python3 -m tests.fuzz --only %s --seed %s --first %d --cases 1\n%r" % (
                target.name, seed, number, case)) from e
    return read


class Fuzz(unittest.TestCase):
    """One target."""

    def __init__(self, target, options):
        unittest.TestCase.__init__(self)
        self.target, self.options = target, options

    def __str__(self):
        return "fuzz %s" % self.target.name

    def runTest(self):
        cases = max(1, self.options.cases // self.target.slow)
        start = time.process_time()
        read = run(self.target, self.options.seed, self.options.first, cases)
        print("%-10s %7d cases, of which %7d were read, in %5.1f s of CPU" % (
            self.target.name, cases, read, time.process_time() - start))


def main(argv):
    parser = argparse.ArgumentParser(prog="python3 -m tests.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=1000, help="of each target; of slow ones fewer")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--first", type=int, default=0, help="the number of the first case")
    parser.add_argument("--only", choices=[target.name for target in TARGETS], action="append")
    options = parser.parse_args(argv)
    suite = unittest.TestSuite(Fuzz(target, options) for target in TARGETS
                               if target.name in (options.only or [target.name]))
    return not unittest.TextTestRunner().run(suite).wasSuccessful()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
