"""tensorboard.plugins.projector: the configuration of the projector, and where it is put."""
import os

from .message import class_of
from ..errors import InputError, naming, shown
from ..projector.config import CONFIG
from ..projector.files import alone, write
from ..wire import STRING, UINT32, Message

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SPRITE_METADATA = Message("SpriteMetadata",
    (1, "image_path",       STRING),
    (2, "single_image_dim", [UINT32]))

EMBEDDING_INFO = Message("EmbeddingInfo",
    (1, "tensor_name",    STRING),
    (2, "metadata_path",  STRING),
    (3, "bookmarks_path", STRING),
    (4, "tensor_shape",   [UINT32]),
    (5, "sprite",         SPRITE_METADATA),
    (6, "tensor_path",    STRING))

PROJECTOR_CONFIG = Message("ProjectorConfig",
    (1, "model_checkpoint_path", STRING),
    (2, "embeddings",            [EMBEDDING_INFO]),
    (3, "model_checkpoint_dir",  STRING))

ProjectorConfig = class_of(PROJECTOR_CONFIG)
EmbeddingInfo = class_of(EMBEDDING_INFO)
SpriteMetadata = class_of(SPRITE_METADATA)


def visualize_embeddings(logdir: "Any", config: "Any") -> None:
    """Write a ProjectorConfig into a run's directory, in place of one that is there.

    logdir:  the directory, or a writer that has one
    """
    directory = logdir.get_logdir() if hasattr(logdir, "get_logdir") else logdir
    with naming("visualize_embeddings", directory):
        if not isinstance(config, ProjectorConfig):
            raise InputError("config", "a ProjectorConfig", shown(config))
        path = os.path.join(os.fspath(directory), CONFIG)
    with alone(path):
        write(path, [str(config).encode("utf-8")])
