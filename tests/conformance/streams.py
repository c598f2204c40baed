"""What a log directory holds, decoded by TensorBoard's own messages: two writers' to compare.

    read("runs")        {"train": [Item(tag, step, kind, value), ...], ...}

Not in it: wall times, file names, and whether a text field that is empty was written.
"""
import collections
import glob
import io
import os
import re

import numpy
from PIL import Image, ImageSequence
from google.protobuf import text_format
from tensorboard.compat.proto import event_pb2
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.plugins.projector import projector_config_pb2
from tensorboard.util import tensor_util

from tbx_pure.read.events import event_files
from tbx_pure.read.records import scan

Item = collections.namedtuple("Item", "tag step kind value")

TIME = re.compile(r"(?<![^/])\d{10}\.\d+(?![^/])")             # a run's name, of add_hparams
PROJECTOR = "projector_config.pbtxt"


def read(logdir):
    """Return {run: its events' items}; the items of an event follow each other."""
    runs = {}
    for run, path in event_files(logdir):
        items = runs.setdefault(TIME.sub("TIME", run), [])
        with open(path, "rb") as file:
            for _, data in scan(file, strict=True):
                items += items_of(event_pb2.Event.FromString(data))
    return runs


def items_of(event):
    """Yield the items of an event."""
    what = event.WhichOneof("what")
    if what != "summary":
        yield Item(None, event.step, what,
                   (text(getattr(event, what)), event.source_metadata.writer))
        return
    for value in event.summary.value:
        kind = value.WhichOneof("value")
        yield Item(value.tag, event.step, kind, VALUES[kind](value) + metadata(value))


def text(x):
    return x if isinstance(x, (str, bytes)) else text_format.MessageToString(x)


def metadata(value):
    """Return a value's metadata as a tuple; of none, an empty one."""
    if not value.HasField("metadata"):
        return ()
    about = value.metadata
    content = about.plugin_data.content
    if about.plugin_data.plugin_name == "hparams":
        content = hparams(content)
    return (about.plugin_data.plugin_name, content, about.display_name, about.summary_description,
            about.data_class)


def hparams(content):
    """Return the hyperparameter plugin's data as text, without the times it was written at."""
    data = plugin_data_pb2.HParamsPluginData.FromString(content)
    for message, fields in ((data.experiment, ["time_created_secs"]),
                            (data.session_start_info, ["start_time_secs"]),
                            (data.session_end_info, ["end_time_secs"])):
        for field in fields:
            if getattr(message, field):
                message.ClearField(field)
    return text(data)


# ---- a value, as a tuple ----

def scalar(value):
    return (repr(value.simple_value),)          # repr tells all but what kind of NaN it is


def histogram(value):
    histo = value.histo
    return (histo.min, histo.max, histo.num, histo.sum, histo.sum_squares,
            list(histo.bucket_limit), list(histo.bucket))


def image(value):
    """Return height, width, color space, and pixels and milliseconds of each frame."""
    picture = Image.open(io.BytesIO(value.image.encoded_image_string))
    frames = [(pixels(frame), frame.info.get("duration"))
              for frame in ImageSequence.Iterator(picture)]
    return value.image.height, value.image.width, value.image.colorspace, frames


def pixels(picture):
    array = numpy.array(picture)
    return array.shape, array.ravel().tolist()


def audio(value):
    return (text(value.audio),)


def tensor(value):
    array = tensor_util.make_ndarray(value.tensor)
    return array.shape, array.ravel().tolist()


def nothing(value):
    return ()


VALUES = {"simple_value": scalar, "histo": histogram, "image": image, "audio": audio,
          "tensor": tensor, None: nothing}


# ---- embeddings ----

def embeddings(logdir):
    """Return {(folder of the config, name): (its entry as text, labels, points, picture)}."""
    found = {}
    for path in glob.glob(os.path.join(logdir, "**", PROJECTOR), recursive=True):
        folder = os.path.dirname(path)
        with open(path, encoding="utf-8") as file:
            config = text_format.Parse(file.read(), projector_config_pb2.ProjectorConfig())
        for entry in config.embeddings:
            found[os.path.relpath(folder, logdir), entry.tensor_name] = (
                text(entry), lines(folder, entry.metadata_path), lines(folder, entry.tensor_path),
                entry.sprite.image_path and pixels(Image.open(
                    os.path.join(folder, entry.sprite.image_path))))
    return found


def lines(folder, path):
    if not path:
        return None
    with open(os.path.join(folder, path), encoding="utf-8", newline="") as file:
        return file.read().splitlines()
