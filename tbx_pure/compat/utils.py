"""Helper functions that turn tensors round: layouts, grids, the tiles of a video, figures.

Each takes any tensor and returns what x2num.make_np does.
"""
from functools import reduce
from itertools import chain
from operator import mul

from .x2num import as_array
from ..errors import InputError, shown
from ..figures import close_figures, draw, listed
from ..tensor import Tensor, view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Sequence


def convert_to_HWC(tensor: "Any", input_format: str) -> "Any":
    """Return pictures in layout HWC; one channel becomes three, and several pictures a grid.

    input_format:  the letters of "NCHW", "CHW" or "HW" in any order
    Raises InputError if shape and format do not go together.
    """
    tensor = view(tensor, "tensor")
    letters = _letters(tensor, input_format, ("NCHW", "CHW", "HW"))
    if "N" in letters:
        return as_array(_transposed(_grid(_ordered(tensor, letters, "NCHW"), 8), (1, 2, 0)))
    if "C" not in letters:
        tensor, letters = tensor._replace(shape=tensor.shape + (1,)), letters + "C"
    return as_array(_colored(_ordered(tensor, letters, "HWC"), 2))


def convert_to_NTCHW(tensor: "Any", input_format: str) -> "Any":
    """Return videos in layout NTCHW, given the letters of it in the order of `tensor`."""
    tensor = view(tensor, "tensor")
    letters = _letters(tensor, input_format, ("NTCHW",))
    return as_array(_ordered(tensor, letters, "NTCHW"))


def make_grid(I: "Any", ncols: int = 8) -> "Any":
    """Return pictures of layout NCHW as one of layout CHW: a grid of up to ncols columns."""
    return as_array(_grid(_dimensions(view(I, "I"), "I", 4), ncols))


def _prepare_video(V: "Any") -> "Any":
    """Return videos of layout NTCHW as one of layout THWC: tiles, as many as a power of two."""
    tensor = _dimensions(view(V, "V"), "V", 5)
    if tensor.dtype == "uint8":
        tensor = Tensor("float32", tensor.shape, [v / 255 for v in tensor.values])
    n, t, c, h, w = tensor.shape
    tiles = 1 << (n - 1).bit_length()
    rows = 1 << (n.bit_length() - 1) // 2
    tensor = _padded(tensor, tiles)._replace(shape=(rows, tiles // rows, t, c, h, w))
    tensor = _transposed(tensor, (2, 0, 4, 1, 5, 3))
    return as_array(tensor._replace(shape=(t, rows * h, tiles // rows * w, c)))


def figure_to_image(figures: "Any", close: bool = True) -> "Any":
    """Return a matplotlib figure as pixels of layout CHW, uint8; of a list of figures, NCHW.

    close:  let pyplot forget the figures
    """
    drawn = [draw(figure) for figure in listed(figures)]
    width, height, _ = drawn[0]
    if any(size != (width, height) for *size, _ in [(w, h, None) for w, h, _ in drawn]):
        raise InputError("figures", "figures of one size", "several sizes")
    pixels = Tensor("uint8", (len(drawn), height, width, 3), b"".join(rgb for _, _, rgb in drawn))
    pixels = _transposed(pixels, (0, 3, 1, 2))
    if close:
        close_figures(figures)
    several = isinstance(figures, (list, tuple))
    return as_array(pixels if several else pixels._replace(shape=pixels.shape[1:]))


# ---- checks ----

def _letters(tensor, input_format, known):
    letters = input_format.upper() if isinstance(input_format, str) else ""
    if sorted(letters) not in [sorted(layout) for layout in known]:
        raise InputError("input_format", "the letters of %s in any order" % ", ".join(known),
                         shown(input_format))
    _dimensions(tensor, "tensor", len(letters))
    return letters


def _dimensions(tensor, argument, n):
    if len(tensor.shape) != n or 0 in tensor.shape:
        raise InputError(argument, "%d dimensions, none of size 0" % n,
                         "shape %s" % (tensor.shape,))
    return tensor


# ---- turning round ----

def _taken(tensor: Tensor, shape: "Sequence[int]", strides: "Sequence[int]") -> Tensor:
    """Return the values found by going through `shape` in steps of `strides`."""
    places = [0]
    for size, stride in zip(shape, strides):
        places = [place + i * stride for place in places for i in range(size)]
    return Tensor(tensor.dtype, tuple(shape), [tensor.values[place] for place in places])


def _strides(shape):
    return [reduce(mul, shape[i + 1:], 1) for i in range(len(shape))]


def _transposed(tensor, order):
    strides = _strides(tensor.shape)
    return _taken(tensor, [tensor.shape[i] for i in order], [strides[i] for i in order])


def _ordered(tensor, letters, wanted):
    return _transposed(tensor, [letters.index(letter) for letter in wanted])


def _colored(tensor, axis):
    """Make the one channel of a gray picture three."""
    shape, strides = list(tensor.shape), _strides(tensor.shape)
    if shape[axis] == 1:
        shape[axis], strides[axis] = 3, 0
    return _taken(tensor, shape, strides)


def _padded(tensor, n):
    """Add zeros to the first dimension until it has size n."""
    missing = (n - tensor.shape[0]) * reduce(mul, tensor.shape[1:], 1)
    return Tensor(tensor.dtype, (n,) + tensor.shape[1:],
                  list(chain(tensor.values, (0,) * missing)))


def _grid(tensor, ncols):
    """Return pictures of layout NCHW as one of CHW; the places that are left are 0."""
    n, c, h, w = _colored(tensor, 1).shape
    columns = min(n, ncols)
    rows = -(-n // columns)
    tensor = _padded(_colored(tensor, 1), rows * columns)
    tensor = _transposed(tensor._replace(shape=(rows, columns, c, h, w)), (2, 0, 3, 1, 4))
    return tensor._replace(shape=(c, rows * h, columns * w))
