"""TorchVis, with which tensorboardX once wrote to Visdom too; here, to TensorBoard only."""
from .writer import SummaryWriter
from ..errors import InputError, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict


class TorchVis:
    """Passes each call on to the writers of some formats, of which there is one: "tensorboard".

    init_kwargs:  for each format, keywords of its writer: tensorboard={"logdir": "runs/first"}
    """

    def __init__(self, *formats: str, **init_kwargs: "Any") -> None:
        self.subscribers = {}           # type: Dict[str, SummaryWriter]
        self.register(*formats, **init_kwargs)

    def register(self, *formats: str, **init_kwargs: "Any") -> None:
        """Begin to write in these formats."""
        for name in formats or ("tensorboard",):
            if name != "tensorboard":
                raise InputError("formats", "'tensorboard': there is no other", shown(name),
                                 "TorchVis")
            if name not in self.subscribers:
                self.subscribers[name] = SummaryWriter(**init_kwargs.get(name, {}))

    def unregister(self, *formats: str) -> None:
        """Close the writers of these formats."""
        for name in formats:
            self.subscribers.pop(name).close()

    def __getattr__(self, name: str) -> "Any":
        if name.startswith("_") or not self.__dict__.get("subscribers"):
            raise AttributeError(name)
        return getattr(self.subscribers["tensorboard"], name)


class VisdomWriter:
    """Not there: tbx_pure writes for TensorBoard."""

    def __init__(self, *arguments: "Any", **options: "Any") -> None:
        raise InputError("VisdomWriter", "another program: tbx_pure writes for TensorBoard only, "
                         "with SummaryWriter", "VisdomWriter()")
