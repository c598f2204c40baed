"""A call of each method, and what it writes, as digests: the same on every Python and every machine.

    python3 -m tests.everywhere.calls           # a line each: method, number, digest

Numbers are made by what IEEE 754 rounds in one way only, and the clock stands still.  Pictures count
by their pixels: compressed, they are as the zlib at hand makes them.
"""
import hashlib
import os
import shutil
import sys
import tempfile
from unittest import mock

import tbx_pure
from tbx_pure.media.png import SIGNATURE
from tbx_pure.media.png_reader import chunks, read_png
from tbx_pure.messages import EVENT

from .storing import zlib

NOW = 1700000000.25
GRAY, POINTS = [[0.0, 0.5], [1.0, 0.25]], [[[0, 0, 0], [1, 0, 0], [0, 1, 0]]]
COLORS = memoryview(bytes(range(0, 180, 2))).cast("B", (3, 5, 6))
MANY = [(i * 7919 % 1009) / 64 - 7.5 for i in range(1000)]
SIX = ["true_positive_counts", "false_positive_counts", "true_negative_counts",
       "false_negative_counts", "precision", "recall"]

CALLS = (
    ("add_scalar", dict(tag="scalar", scalar_value=0.1)),
    ("add_scalars", dict(main_tag="scalars", tag_scalar_dict={"a": 1, "b": 2.5})),
    ("add_histogram", dict(tag="histogram", values=[1, 2])),
    ("add_histogram", dict(tag="many", values=MANY)),
    ("add_histogram", dict(tag="auto", values=MANY, bins="auto")),
    ("add_histogram_raw", dict(tag="raw", min=0, max=1, num=1, sum=1, sum_squares=1,
                               bucket_limits=[1], bucket_counts=[1])),
    ("add_histograms", dict(named_values={"a": [1], "b": [2]})),
    ("add_image", dict(tag="image", img_tensor=GRAY, dataformats="HW")),
    ("add_image", dict(tag="colors", img_tensor=COLORS)),
    ("add_images", dict(tag="images", img_tensor=[[GRAY], [GRAY]])),
    ("add_image_with_boxes", dict(tag="boxes", img_tensor=[GRAY], box_tensor=[[0, 0, 1, 1]],
                                  labels=["a"], rescale=2)),
    ("add_video", dict(tag="gif", vid_tensor=[[[GRAY], [GRAY[::-1]]]])),
    ("add_video", dict(tag="apng", vid_tensor=[[[GRAY], [GRAY[::-1]]]], format="apng")),
    ("add_audio", dict(tag="audio", snd_tensor=[0.5, -0.5, 0.1])),
    ("add_text", dict(tag="text", text_string={"a": 1})),
    ("add_text", dict(tag="\u635f\u5931", text_string="**\u635f**")),
    ("add_tensor", dict(tag="tensor", tensor=[1j])),
    ("add_mesh", dict(tag="mesh", vertices=POINTS)),
    ("add_pr_curve", dict(tag="curve", labels=[0, 1], predictions=[0.25, 0.75])),
    ("add_pr_curve_raw", dict(dict.fromkeys(SIX, [1]), tag="raw curve", num_thresholds=1)),
    ("add_embedding", dict(mat=[[1, 2]], metadata=["a"], label_img=[[GRAY]])),
    ("add_line_chart", dict(columns=["x", "y"], values=[1, 2], title="point")),
    ("add_line_chart", dict(columns=["x", "y"], values=[[1, 2], [3, 4]], title="chart")),
    ("add_scatter", dict(tag="scatter", x=[1], y=[2])),
    ("add_heatmap", dict(tag="heatmap", matrix=GRAY)),
    ("add_confusion_matrix", dict(tag="confusion", labels=[0, 1], predictions=[0, 0])),
    ("add_table", dict(tag="table", rows=[[1]])),
    ("add_graph", dict(model=[("a", "Add")])),
    ("add_custom_scalars", dict(layout={"c": {"t": ["Multiline", ["a"]]}})),
    ("add_custom_scalars_multilinechart", dict(tags=["a"])),
    ("add_custom_scalars_marginchart", dict(tags=["a", "b", "c"])),
    ("add_hparams", dict(hparam_dict={"lr": 0.5}, metric_dict={"m": 1}, name="h")),
)


def each(directory):
    """Make every call, each with a writer of its own in a new run below a directory; yield (method, run)."""
    for number, (method, arguments) in enumerate(CALLS):
        run = os.path.join(directory, "%02d" % number)
        with tbx_pure.SummaryWriter(run) as writer:
            getattr(writer, method)(**arguments)
        yield method, run


def digest(run):
    """Return the digest of all that stands below a directory; the names of event files do not count."""
    made = hashlib.sha256()
    for folder, _, names in sorted(os.walk(run)):
        made.update(os.path.relpath(folder, run).replace(os.sep, "/").encode("utf-8"))
        for name in sorted(names):
            with open(os.path.join(folder, name), "rb") as f:
                data = f.read()
            for part in parts(data) if "tfevents" in name else [name.encode("utf-8"), shown(data)]:
                made.update(b"%d:" % len(part) + part)
    return made.hexdigest()


def parts(data):
    """Yield the bytes of each event, the pictures in them as shown() gives them."""
    from tbx_pure.read.records import scan
    for _, record in scan(data, strict=True):
        event = EVENT.decode(record)
        for value in event.get("summary", {}).get("value", ()):
            if "image" in value:
                value["image"]["encoded_image_string"] = shown(value["image"]["encoded_image_string"])
            strings = value.get("tensor", {}).get("string_val", [])
            strings[:] = map(shown, strings)
        yield EVENT.encode(event)


def shown(data):
    """Return the pixels of a PNG, of all frames that it has; other bytes as they are."""
    if not data.startswith(SIGNATURE):
        return data
    out, frame = [repr(read_png(data)).encode("ascii")], b""
    for name, start, end in chunks(data):
        if name == b"fcTL":
            out += [inflated(frame), data[start:end]]
            frame = b""
        elif name == b"fdAT":
            frame += data[start + 4:end]
    return b"".join(out + [inflated(frame)])


def inflated(frame):
    return zlib.decompress(frame) if frame else b""


def digests(directory):
    """Yield (what was called, digest of what it wrote)."""
    with mock.patch("time.time", lambda: NOW):
        for method, run in each(directory):
            yield "%s %s" % (method, os.path.basename(run)), digest(run)


if __name__ == "__main__":
    place = tempfile.mkdtemp()
    try:
        sys.stdout.write("".join("%s %s\n" % pair for pair in digests(place)))
    finally:
        shutil.rmtree(place)
