"""Plain first, fast beside it: where a plain function meets its kernel.

The plain function is the textbook and always works.  A kernel, in kernels/, gives the same answer
sooner, and may be missing: the folder can be left out of a copy, and TBX_PURE_PLAIN=1 in the
environment switches every kernel off.
"""
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, TypeVar
    F = TypeVar("F", bound="Callable[..., object]")

SWITCH = "TBX_PURE_PLAIN"

try:
    from .kernels import KERNELS
except ModuleNotFoundError:             # a copy without the wing
    KERNELS = {}


def fastest(plain: "F") -> "F":
    """Return the kernel that stands in for `plain`, or `plain` itself where there is none.

    A kernel is made by the function that kernels.KERNELS lists for the plain function's
    "module.name"; it gets the plain function, to call where that is the quicker one.
    """
    name = "%s.%s" % (plain.__module__.rpartition(".")[2], plain.__name__)
    if os.environ.get(SWITCH) == "1" or name not in KERNELS:
        return plain
    kernel = KERNELS[name](plain)
    kernel.plain = plain                # the twin test compares the two
    return kernel
