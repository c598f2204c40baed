"""Fast twins of plain functions: the one wing for ugly code.

A kernel is one file here and one row in KERNELS.  Its docstring states the mathematics and why it
is right; tests/test_kernels.py holds it equal to its plain twin over random and edge inputs.  It
imports only the standard library and ..errors.

    "crc32c.crc32c"  the plain function: its module in the spine and its name
    make(plain)      returns the kernel; called once, at import, so it must build nothing large;
                     or at the first call, if the row says _later
"""
import importlib


def _in(module):
    """Return the make() of a file here, which is imported when it is called."""
    def make(plain):
        return importlib.import_module("." + module, __name__).make(plain)
    return make


def _later(*places):
    """Return a make() for what few runs need: its files are imported at the first call.

    places: "file.make", each of which gets the kernel of the one before as its plain function
    """
    def make(plain):
        made = []

        def kernel(*arguments):
            if not made:
                made.append(_stacked(plain, places))
            return made[0](*arguments)
        return kernel
    return make


def _stacked(kernel, places):
    for place in places:
        module, name = place.split(".")
        kernel = getattr(importlib.import_module("." + module, __name__), name)(kernel)
    return kernel


#   plain function     makes its kernel
KERNELS = {
    "crc32c.crc32c":    _in("crc32c"),
    "wire.encode":      _in("encode"),
    "wire.fields":      _in("fields"),
    "batches.gather":   _in("gather"),
    "scalars.records":  _in("scalars"),
    "lasting.background": _in("bursts"),
    "tensor.extremes":  _later("borrowed.extremes"),
    "tensor.float32":   _later("borrowed.float32"),
    "histogram.count":  _later("borrowed.count"),
    "pixels.scaled":    _later("pixels.make", "borrowed.scaled"),
    "wav.rounded":      _later("samples.make", "borrowed.rounded"),
    "pr_curves.tally":  _later("borrowed.tally"),
}       # type: dict
