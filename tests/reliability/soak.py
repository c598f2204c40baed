"""Ten million scalars take no memory: minutes, run by hand.  R12

    python3 -m tests.reliability.soak [HOW_MANY]
"""
import resource
import sys
import tempfile

from tbx_pure import SummaryWriter


def main(count):
    with tempfile.TemporaryDirectory() as directory, SummaryWriter(directory) as writer:
        for step in range(count):
            writer.add_scalar("tag%d" % (step % 10), 0.5, step)
            if step % (count // 10) == count // 10 - 1:
                print("%10d scalars: %d KB at most" % (step + 1, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 10 ** 7)
