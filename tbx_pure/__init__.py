"""tensorboardX in pure Python with no dependency: write TensorBoard event files, from 3.6 on."""
from .errors import Error, FormatError, InputError
from .writer import SummaryWriter

__version__ = "0.1.0"
__all__ = ["Error", "FormatError", "InputError", "SummaryWriter"]
