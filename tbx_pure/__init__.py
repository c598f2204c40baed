"""tensorboardX in pure Python with no dependency at all: write TensorBoard event files from any Python 3.6 or later."""
from .errors import Error, FormatError, InputError
from .writer import SummaryWriter

__version__ = "0.1.0"
__all__ = ["Error", "FormatError", "InputError", "SummaryWriter"]
