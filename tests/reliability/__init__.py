"""What the contract promises when things go wrong (README, "What happens when"), one test each.

    test_*.py    found by `python3 -m unittest`: a minute on one core, in all
    long.py      a stage of .ci/run: kill -9 at 100 times, a full tmpfs, length bombs
    soak.py      by hand: ten million scalars
    faults.py    a system that fails when a test says so

Reading what is damaged is tested in tests/test_damage.py, test_read_records.py and test_follow.py.
"""
