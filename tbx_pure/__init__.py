"""tensorboardX in pure Python with no dependency: write TensorBoard event files, from 3.6 on."""
from .errors import Error, FormatError, InputError

try:
    from .compat.writer import SummaryWriter
except ModuleNotFoundError as e:        # a copy without the wing
    if e.name != __name__ + ".compat":
        raise
    from .wings import SummaryWriter    # type: ignore[assignment]

__version__ = "0.1.0"
__all__ = ["Error", "FormatError", "InputError", "SummaryWriter", "install", "uninstall"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional


def install(tensorboard: bool = False, force: bool = False,
            dialect: "Optional[str]" = None, keras: bool = False) -> None:
    """Let `import tensorboardX` and `import torch.utils.tensorboard` give this package.

    Call it before they are imported.  tbx_pure.compat.install tells about the arguments.
    """
    from .compat.install import install as begin
    begin(tensorboard, force, dialect, keras)


def uninstall() -> None:
    """Undo install()."""
    from .compat.install import uninstall as end
    end()
