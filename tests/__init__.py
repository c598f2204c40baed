"""The tests.  A machine that is busy must not look like a disk that is slow: bursts are of many adds."""
from tbx_pure import lasting

lasting.BUSY = lasting.SLOW = 60.0      # seconds; tests/reliability sets them back where it looks
