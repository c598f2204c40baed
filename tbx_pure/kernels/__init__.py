"""Fast twins of plain functions: the one wing for ugly code.

A kernel is one file here and one row in KERNELS.  Its docstring states the mathematics and why it
is right; tests/test_kernels.py holds it equal to its plain twin over random and edge inputs.  It
imports only the standard library and ..errors.

    "crc32c.crc32c"  the plain function: its module in the spine and its name
    make(plain)      returns the kernel; called once, at import, so it must build nothing large
"""
import importlib


def _in(module):
    """Return the make() of a file here, which is imported when it is called."""
    def make(plain):
        return importlib.import_module("." + module, __name__).make(plain)
    return make


#   plain function     makes its kernel
KERNELS = {
    "crc32c.crc32c":   _in("crc32c"),
    "batches.gather":  _in("gather"),
    "lasting.background": _in("bursts"),
    "scalars.records": _in("scalars"),
}       # type: dict
