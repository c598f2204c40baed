"""The Keras callback, called as Keras calls it, with a model that only looks like one."""
import contextlib
import copy
import hashlib
import io
import json
import os
import struct
import subprocess
import sys
import unittest
import warnings
from array import array

import tbx_pure
from tbx_pure.commands.cli import main
from tbx_pure.compat.keras_callbacks import MODULES, Callbacks
from tbx_pure.errors import InputError
from tbx_pure.integrations import weights
from tbx_pure.integrations.keras import TensorBoard
from tbx_pure.messages import SUMMARY
from tbx_pure.tensor import Tensor, view

from .helpers import PACKAGE_NAME, ROOT, InDirectory, event_files, events, summaries
from .png_reader import read_png
from .test_install import InFamilies

NAN, INF = float("nan"), float("inf")


class Thing:
    """An object with the attributes it is given."""

    def __init__(self, **attributes):
        vars(self).update(attributes)


class Variable:
    """A weight, or a number of an optimizer: values of float32 in a shape."""

    def __init__(self, path, values, *shape):
        self.path = path
        self.values, self.shape = list(values), shape or (len(values),)

    def tolist(self):
        def nested(values, shape):
            if not shape:
                return values[0]
            size = len(values) // shape[0]
            return [nested(values[i * size:(i + 1) * size], shape[1:]) for i in range(shape[0])]
        return nested(array("f", self.values).tolist(), self.shape)


def model_of(*layers, **attributes):
    """Return a sequential model."""
    found = Thing(layers=list(layers), optimizer=Thing(learning_rate=0.5, iterations=0),
                  to_json=lambda: json.dumps({"class_name": "Sequential", "config": {
                      "name": "m", "layers": [{"class_name": "Dense", "config": {"name": "dense"}}]}}))
    vars(found).update(attributes)
    return found


def dense():
    return Thing(name="dense", weights=[Variable("dense/kernel", range(-3, 3), 3, 2),
                                        Variable("dense/bias", [0.25, 0.5])])


def train(callback, model, epochs=2, batches=3, logs=None, found=None):
    """Do what model.fit() does; the metrics are logs(number of the batch)."""
    logs = logs or (lambda batch: {"loss": 1 / batch})
    callback.set_model(model)
    callback.set_params({"epochs": epochs})
    callback.on_train_begin()
    for epoch in range(epochs):
        callback.on_epoch_begin(epoch)
        for batch in range(batches):
            callback.on_batch_begin(batch)
            callback.on_train_batch_begin(batch)
            model.optimizer.iterations += 1
            callback.on_train_batch_end(batch, logs(epoch * batches + batch + 1))
            callback.on_batch_end(batch, logs=None)
        metrics = dict(logs((epoch + 1) * batches))
        if found:
            evaluate(callback, found)
            metrics.update({"val_" + name: x for name, x in found.items()})
        callback.on_epoch_end(epoch, metrics)
    callback.on_train_end({})


def evaluate(callback, found):
    callback.on_test_begin()
    callback.on_test_batch_begin(0)
    callback.on_test_batch_end(0, {})
    callback.on_test_end(found)


def scalar(value):
    return struct.unpack("<f", value["tensor"]["tensor_content"])[0]


class InLogs(InDirectory):

    def board(self, **options):
        return TensorBoard(self.path("logs"), **options)

    def points(self, run, *ends):
        """Return [(tag, step)] of a run, of the tags that end so."""
        return [(value["tag"], step) for step, value in summaries(self.path("logs", run))
                if value["tag"].endswith(ends or "")]

    def curves(self, run):
        """Return {tag: [(step, number)]} of a run."""
        found = {}
        for step, value in summaries(self.path("logs", run)):
            if value["metadata"]["plugin_data"]["plugin_name"] == "scalars":
                found.setdefault(value["tag"], []).append((step, scalar(value)))
        return found

    def warned(self, call, *arguments, **options):
        """Return the texts of a call's warnings."""
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            call(*arguments, **options)
        return [str(warning.message) for warning in caught]


class TestCurves(InLogs):

    def test_epochs(self):
        train(self.board(), model_of(dense()), found={"loss": 2.0, "mae": 4})
        self.assertEqual(sorted(os.listdir(self.path("logs"))), ["train", "validation"])
        self.assertEqual(self.curves("train"), {
            "epoch_loss": [(0, struct.unpack("<f", struct.pack("<f", 1 / 3))[0]),
                           (1, struct.unpack("<f", struct.pack("<f", 1 / 6))[0])],
            "epoch_learning_rate": [(0, 0.5), (1, 0.5)]})
        self.assertEqual(self.curves("validation"), {
            "evaluation_loss_vs_iterations": [(3, 2.0), (6, 2.0)], "epoch_loss": [(0, 2.0), (1, 2.0)],
            "evaluation_mae_vs_iterations": [(3, 4.0), (6, 4.0)], "epoch_mae": [(0, 4.0), (1, 4.0)]})
        for run in ("train", "validation"):
            first = events(self.path("logs", run))[0]
            self.assertEqual(sorted(first), ["file_version", "wall_time"])      # keras-source
            self.assertTrue(event_files(self.path("logs", run))[0].endswith(".v2"))

    def test_bytes(self):
        """Keras 3.15.1 with TensorFlow 2.21.0."""
        train(self.board(), model_of(dense()), 1, logs=lambda batch: {"loss": 1.10464346408844})
        _, (_, loss), _ = summaries(self.path("logs", "train"))
        self.assertEqual(SUMMARY.encode({"value": [loss]}).hex(),
                         "0a250a0a65706f63685f6c6f7373420a080112002204f5648d3f4a0b0a090a077363616c617273")

    def test_batches(self):
        train(self.board(update_freq="batch"), model_of(dense()), 1)
        self.assertEqual([step for step, _ in self.curves("train")["batch_loss"]], [1, 2, 3])

    def test_every_second_batch(self):
        """keras-batches: the metrics of an epoch whose last batch is an odd one."""
        train(self.board(update_freq=2, write_steps_per_second=True), model_of(dense()), found={"loss": 1})
        curves = self.curves("train")
        self.assertEqual([(step, x) for step, x in curves["batch_loss"]],
                         [(2, 0.5), (4, 0.25), (6, struct.unpack("<f", struct.pack("<f", 1 / 6))[0])])
        self.assertEqual([step for step, _ in curves["batch_steps_per_second"]], [2, 4, 6])
        self.assertEqual([step for step, _ in curves["epoch_loss"]], [0, 1])
        self.assertEqual([step for step, _ in self.curves("validation")["evaluation_loss_vs_iterations"]], [3, 6])

    def test_steps_per_second(self):
        train(self.board(write_steps_per_second=True), model_of(dense()))
        curves = self.curves("train")
        self.assertEqual(sorted(curves), ["epoch_learning_rate", "epoch_loss", "epoch_steps_per_second"])
        for _, speed in curves["epoch_steps_per_second"]:
            self.assertGreater(speed, 3)                # three batches take less than a second
            self.assertLess(speed, 1e9)

    def test_a_second_training_counts_batches_anew(self):
        board, model = self.board(update_freq=1), model_of(dense())
        train(board, model, 1, 2)
        train(board, model, 1, 2)
        board.set_model(model)
        evaluate(board, {"loss": 1})
        files = event_files(self.path("logs", "train"))
        self.assertEqual(len(files), 3)                 # one for each model that was set, with its graph
        for path in files[:2]:
            steps = [step for step, value in summaries(path) if value["tag"] == "batch_loss"]
            self.assertEqual(steps, [1, 2])
        self.assertEqual(self.points("validation"), [("evaluation_loss_vs_iterations", 4)])

    def test_learning_rates(self):
        one, other = [Thing(name=name, learning_rate=Variable("", [x], 1), iterations=2)
                      for name, x in (("one", 0.25), ("other", 0.75))]
        for optimizer, expected in (
                (Thing(inner_optimizer=one, iterations=1), {"epoch_learning_rate": 0.25}),
                (Thing(optimizers=[one, other], iterations=1),
                 {"epoch_learning_rate_one": 0.25, "epoch_learning_rate_other": 0.75}),
                (Thing(learning_rate=lambda step: 1 / step, iterations=1), {"epoch_learning_rate": 0.5}),
                (Thing(iterations=1), {})):
            with self.subTest(expected):
                board = TensorBoard(self.path(str(expected)))
                train(board, model_of(optimizer=optimizer), 1, 1)
                found = {value["tag"]: scalar(value) for _, value in summaries(self.path(str(expected), "train"))
                         if value["tag"].startswith("epoch_learning")}
                self.assertEqual(found, expected)

    def test_a_scheduler_has_told_the_learning_rate(self):
        train(self.board(), model_of(dense()), 1, logs=lambda batch: {"learning_rate": 9, "loss": 1})
        self.assertEqual(self.points("train", "_rate", "_loss"), [("epoch_learning_rate", 0), ("epoch_loss", 0)])
        self.assertEqual(self.curves("train")["epoch_learning_rate"], [(0, 0.5)])

    def test_no_metrics(self):
        board = self.board(write_graph=False, update_freq=1)
        board.set_model(model_of(optimizer=None))
        board.on_train_batch_begin(0)
        board.on_train_batch_end(0, 0.5)                # a train_step of the user's own
        board.on_epoch_end(0, None)
        board.on_test_end({"loss": 1})                  # there are no iterations
        board.close()
        self.assertFalse(os.path.exists(self.path("logs")))

    def test_wrong_metrics(self):
        for metric in ([1, 2], "x", None, 10 ** 400):
            with self.subTest(metric):
                board = self.board(write_graph=False)
                board.set_model(model_of())
                with self.assertRaisesRegex(InputError, r"^TensorBoard\('.*logs'\): logs\['f1'\]: need "):
                    board.on_epoch_end(0, {"loss": 1, "f1": metric})
                self.assertFalse(os.path.exists(self.path("logs")))     # all or nothing


class TestGraph(InLogs):

    def test_graph(self):
        model = model_of(dense())
        self.board().set_model(model)
        (step, value), = summaries(self.path("logs", "train"))
        self.assertEqual(step, 0)
        self.assertEqual(value, {
            "tag": "keras", "metadata": {"plugin_data": {"plugin_name": "graph_keras_model", "content": b"1"}},
            "tensor": {"dtype": "DT_STRING", "tensor_shape": {}, "string_val": [model.to_json().encode()]}})

    def test_of_a_subclass(self):
        """keras-graph: Keras's own asks for the names of two classes."""
        class Own(Thing):
            pass
        self.board().set_model(Own(**vars(model_of(dense()))))
        self.assertEqual(self.points("train"), [("keras", 0)])

    def test_a_class_of_the_users_own(self):
        self.board().set_model(model_of(to_json=lambda: '{"class_name": "Own", "config": {"units": 3}}'))
        for text in ("[]", "{}", "null", '{"config": null}', '{"config": ["layers"]}'):
            self.board().set_model(model_of(to_json=lambda: text))
        self.assertEqual(event_files(self.directory), [])
        for to_json, said in ((lambda: 1 / 0, "ZeroDivisionError"), (lambda: "{", "no JSON")):
            told = self.warned(self.board().set_model, model_of(to_json=to_json))
            self.assertEqual(len(told), 1)
            self.assertIn(said, told[0])

    def test_models_that_are_held_by_others(self):
        synced = []
        model = model_of(dense(), jax_state_sync=lambda: synced.append(True))
        board = self.board()
        board.set_model(Thing(module=model))            # torch's DistributedDataParallel
        self.assertIs(board.model, model)
        self.assertTrue(synced)
        self.assertEqual(self.points("train"), [("keras", 0)])


class TestWeights(InLogs):

    def test_when_and_which(self):
        train(self.board(histogram_freq=2, write_images=True), model_of(dense()), 4)
        tags = ["dense/kernel/histogram", "dense/kernel/image", "dense/bias/histogram", "dense/bias/image"]
        self.assertEqual(self.points("train", "histogram", "image"),
                         [(tag, step) for step in (0, 2) for tag in tags])
        found = {value["tag"]: value for _, value in summaries(self.path("logs", "train"))}
        self.assertEqual([found[tag]["metadata"] for tag in tags[:2]],
                         [{"plugin_data": {"plugin_name": name}} for name in ("histograms", "images")])
        width, height, png = found["dense/kernel/image"]["tensor"]["string_val"]
        self.assertEqual((width, height), (b"3", b"2"))             # it lies on its longer side
        self.assertEqual(read_png(png), (2, 3, 1, bytes([0, 0, 255, 0, 0, 255])))

    def test_no_pictures_and_names_of_keras_2(self):
        layer = Thing(name="d", weights=[Thing(name="d/kernel:0", tolist=lambda: [1.0, 2.0])])
        train(self.board(histogram_freq=1), model_of(layer), 1)
        self.assertEqual(self.points("train", "histogram", "image"), [("d/kernel_0/histogram", 0)])

    def test_not_finite(self):
        """keras-not-finite: TensorFlow's edges would all be NaN."""
        layer = Thing(name="d", weights=[Variable("w", [NAN, 1, 3, INF, -INF]), Variable("v", [NAN])])
        told = self.warned(train, self.board(histogram_freq=1, write_images=True), model_of(layer), 3)
        self.assertEqual([text.split(": ", 1)[1] for text in told], [
            "left out NaN or infinities in w: 3 of 5", "left out NaN or infinities in v: 1 of 1"])
        rows = {value["tag"]: list(struct.iter_unpack("<3d", value["tensor"]["tensor_content"]))
                for _, value in summaries(self.path("logs", "train")) if "histogram" in value["tag"]}
        self.assertEqual((rows["w/histogram"][0], rows["w/histogram"][-1]), ((1, 1 + 2 / 30, 1), (1 + 29 * (2 / 30), 3, 1)))
        self.assertEqual(rows["v/histogram"], [(0, 0, 0)] * 30)


class TestHistograms(unittest.TestCase):
    """As tensorboard/plugins/histogram/summary_v2.py of 2.21.0 with TensorFlow 2.21.0."""

    def test_bytes(self):
        values = array("f", [(-1) ** i * i * i / 7 for i in range(40)])
        tensor, left_out = weights.histogram(values)
        self.assertEqual(left_out, 0)
        self.assertEqual(hashlib.sha256(tensor["tensor_content"]).hexdigest(),
                         "d3f1c9270e07107a54534453288fe102612ccec2b846e246bb89e30b45862133")
        self.assertEqual([count for _, _, count in weights.buckets(values)], [
            1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 2, 1, 1, 2, 3, 7, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1])

    def test_ends(self):
        self.assertEqual(weights.buckets([]), [(0, 0, 0)] * 30)
        self.assertEqual(weights.buckets([2.5] * 4), [(2.5, 2.5, 0)] * 29 + [(2.5, 2.5, 4)])
        rows = weights.buckets([0.0, 5e-324])                       # closer than 30 edges can be
        self.assertEqual([rows[0][2], rows[1][2], rows[0][0], rows[-1][1]], [1, 1, 0, 5e-324])
        rows = weights.buckets([0.0, 44 * 5e-324])                  # and what is beyond the last
        self.assertEqual((rows[0][2], rows[29][1:]), (1, (44 * 5e-324, 1)))
        most = 2.0 ** 1022
        rows = weights.buckets([-most, most])
        self.assertEqual((rows[0][:3:2], rows[-1][1:]), ((-most, 1), (most, 1)))
        self.assertEqual(weights.histogram([1e308, 1.0])[1], 1)


class TestPictures(unittest.TestCase):

    def pictures(self, shape, channels_last=True, dtype="uint8"):
        """Return (width, height, [pictures]) of the numbers 0, 1, 2, ... in a shape."""
        count = 1
        for size in shape:
            count *= size
        found = weights.images(Tensor(dtype, shape, range(count)), channels_last)
        if found is None:
            return None
        self.assertEqual((found["dtype"], found["tensor_shape"]),
                         ("DT_STRING", {"dim": [{"size": len(found["string_val"])}]}))
        width, height = map(int, found["string_val"][:2])
        pictures = [read_png(data) for data in found["string_val"][2:]]
        for picture in pictures:
            self.assertEqual(picture[:2], (height, width))
        return width, height, [(channels, list(pixels)) for _, _, channels, pixels in pictures]

    def test_shapes(self):
        for shape, expected in (
                ((3,), (1, 3, [(1, [0, 1, 2])])),
                ((2, 3), (3, 2, [(1, [0, 1, 2, 3, 4, 5])])),
                ((3, 2), (3, 2, [(1, [0, 2, 4, 1, 3, 5])])),
                ((1, 3, 1, 2), (3, 2, [(1, [0, 2, 4, 1, 3, 5])])),
                ((2, 1, 2, 3), (2, 2, [(1, [0, 3, 6, 9]), (1, [1, 4, 7, 10]), (1, [2, 5, 8, 11])])),
                ((1, 1), None), ((), None), ((0, 2), None), ((2, 2, 0), None), ((2, 2, 2, 2, 2), None),
                ((2, 2, 2, 2), None), ((2, 2, 2, 5), None),
                ((2, 2, 2, 3), (2, 2, [(3, list(range(12))), (3, list(range(12, 24)))]))):
            with self.subTest(shape):
                self.assertEqual(self.pictures(shape), expected)

    def test_three_pictures_and_no_more(self):
        self.assertEqual(self.pictures((2, 2, 9))[2], [(1, [i, 9 + i, 18 + i, 27 + i]) for i in range(3)])

    def test_channels_first(self):
        self.assertEqual(self.pictures((2, 2, 3), False), (3, 2, [(1, [0, 1, 2, 3, 4, 5]), (1, [6, 7, 8, 9, 10, 11])]))

    def pixels(self, tensor):
        return read_png(weights.images(tensor, True)["string_val"][2])[3]

    def test_floats(self):
        """tf.image.convert_image_dtype of TensorFlow 2.21.0."""
        values = [k / 100 - 0.2 for k in range(150)]
        self.assertEqual(self.pixels(view(array("f", values))).hex(), (
            "0000000000000000000000000000000000000000000205070a0c0f111416191c1e212326282b2d303335383a3d3f4244474a"
            "4c4f515456595b5e616366686b6d707275787a7d7f828487898c8f919496999b9ea0a3a6a8abadb0b2b5b7babdbfc2c4c7c9"
            "ccced1d4d6d9dbdee0e3e5e8ebedf0f2f5f7fafcffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"))
        edge = 127 / 255.5
        just_below = struct.unpack("<f", struct.pack("<I", struct.unpack("<I", struct.pack("<f", edge))[0] - 1))[0]
        self.assertEqual(self.pixels(view(array("f", [edge, just_below]))), b"\x7f\x7e")
        self.assertEqual(self.pixels(Tensor("float16", (2,), [0.5, 0.0999755859375])), bytes([127, 25]))
        self.assertEqual(self.pixels(view(array("d", [NAN, INF, -INF, 1]))), b"\x00\xff\x00\xff")

    def test_whole_numbers(self):
        for dtype, values, expected in (("int8", [-5, 0, 1, 127], [0, 0, 2, 254]), ("uint8", [0, 1, 254, 255], [0, 1, 254, 255]),
                                        ("int16", [-1, 127, 128, 32767], [0, 0, 1, 255]), ("bool", [0, 1], [0, 255])):
            with self.subTest(dtype):
                self.assertEqual(list(self.pixels(Tensor(dtype, (len(values),), values))), expected)


class TestEmbeddings(InLogs):

    def model(self):
        def embedding(name):
            return Thing(name=name, weights=[], embeddings_initializer="uniform", embeddings=[[1.0, 2.0], [3.0, 0.5]])
        return model_of(embedding("words"), dense(), embedding("users"))

    def config(self):
        with open(self.path("logs", "projector_config.pbtxt")) as f:
            return f.read()

    def test_all_there_is_to_show(self):
        """keras-embeddings: Keras's own names a checkpoint that TensorBoard cannot read."""
        train(self.board(embeddings_freq=2, embeddings_metadata="labels.tsv"), self.model(), 3)
        self.assertEqual(self.config().count("embeddings {"), 4)            # two layers, epochs 0 and 2
        self.assertIn('embeddings {\ntensor_name: "words:00002"\ntensor_path: "00002/words/tensors.tsv"\n'
                      'metadata_path: "labels.tsv"\n}\n', self.config())
        with open(self.path("logs", "00002", "users", "tensors.tsv")) as f:
            self.assertEqual(f.read(), "1.0\t2.0\n3.0\t0.5\n")

    def test_metadata_by_layer(self):
        """keras-metadata: Keras empties the dict, and has no labels when a second training begins."""
        files = {"users": "users.tsv"}
        board = self.board(embeddings_freq=1, embeddings_metadata=files)
        train(board, self.model(), 1)
        train(board, self.model(), 1)
        self.assertEqual(files, {"users": "users.tsv"})
        self.assertEqual(self.config().count("metadata_path"), 1)
        self.assertIn('"00000/users/tensors.tsv"\nmetadata_path: "users.tsv"\n', self.config())

    def test_unknown_layers(self):
        for name in ("dense", "other", 3):
            board = self.board(embeddings_freq=1, embeddings_metadata={name: "x.tsv"})
            with self.assertRaisesRegex(InputError, "embeddings_metadata: need .* words, users"):
                board.set_model(self.model())
        self.assertFalse(os.path.exists(self.path("logs")))


class TestLife(InLogs):

    def test_arguments(self):
        for argument, values in (("histogram_freq", (0.5, "x", [1, 2], 10 ** 30, NAN)),
                                 ("embeddings_freq", (0.5, "1")),
                                 ("update_freq", (0, 1.5, "step", "0", None, [2, 3]))):
            for value in values:
                with self.subTest(argument, value=value):
                    with self.assertRaisesRegex(InputError, r"^TensorBoard\('.*'\): %s: need .*, got" % argument):
                        self.board(**{argument: value})
        for value in (-1, -2):          # Keras counts with them as with 1 and 2
            board = self.board(histogram_freq=value, embeddings_freq=value, update_freq=value)
            self.assertEqual((board.histogram_freq, board.embeddings_freq, board.update_freq), (value,) * 3)
        self.assertEqual(TensorBoard(b"logs/a").log_dir, "logs/a")
        for value in (None, 3):
            with self.assertRaisesRegex(InputError, r"^TensorBoard\(.*\): log_dir: need a path, got"):
                TensorBoard(value)
        board = TensorBoard(histogram_freq=None, embeddings_freq=False, update_freq="batch")
        self.assertEqual((board.log_dir, board.histogram_freq, board.embeddings_freq, board.update_freq),
                         ("logs", 0, 0, 1))

    def test_profile(self):
        """keras-profile: a warning, once."""
        self.assertEqual(self.warned(self.board, profile_batch=0), [])
        for batches in (2, (2, 4), "2,4"):
            with self.assertWarnsRegex(UserWarning, "profile_batch=.*TensorFlow") as caught:
                board = self.board(profile_batch=batches)
            self.assertEqual(caught.filename, __file__)
            self.assertEqual(self.warned(train, board, model_of(dense())), [])

    def test_all_is_written_at_once(self):
        board = self.board(update_freq=1)
        board.set_model(model_of(dense()))
        board.on_train_batch_begin(0)
        board.on_train_batch_end(0, {"loss": 1})
        self.assertEqual(self.points("train"), [("keras", 0), ("batch_loss", 1)])
        board.close()

    def test_close(self):
        self.board().close()
        with self.board() as board:
            train(board, model_of(dense()), 1)
            board.close()
        count = len(self.points("train"))
        self.assertEqual(count, 3)
        board.on_epoch_end(1, {"loss": 1})              # a new file, as a writer makes it
        board.close()
        self.assertEqual(len(event_files(self.path("logs", "train"))), 2)
        self.assertEqual(board.params, {"epochs": 1})

    def test_copied_before_it_is_used(self):
        board = copy.deepcopy(self.board(histogram_freq=3))         # as tuners do, which then set log_dir
        board.log_dir = self.path("elsewhere")
        train(board, model_of(dense()), 1)
        self.assertEqual(os.listdir(self.path()), ["elsewhere"])

    def test_without_a_model(self):
        board = self.board()
        board.on_epoch_end(3, {"loss": 1})              # of a loop of the user's own
        board.close()
        self.assertEqual(self.curves("train"), {"epoch_loss": [(3, 1.0)]})

    def test_what_keras_asks_of_a_callback(self):
        board = self.board()
        for name in ("batch", "epoch", "train", "train_batch", "test", "test_batch", "predict", "predict_batch"):
            for end in ("begin", "end"):
                self.assertTrue(callable(getattr(board, "on_%s_%s" % (name, end))))
        for name, needed in (("train", True), ("test", False), ("predict", False)):
            self.assertEqual(bool(getattr(board, "_implements_%s_batch_hooks" % name)()), needed)
        board.on_predict_begin()
        board.on_predict_batch_end(0, logs={"outputs": []})

    def test_subclass(self):
        class Own(TensorBoard):
            def on_epoch_end(self, epoch, logs=None):
                super().on_epoch_end(epoch, dict(logs, more=self.model.optimizer.iterations))
        train(Own(self.path("logs")), model_of(dense()), 1)
        self.assertEqual(self.curves("train")["epoch_more"], [(0, 3.0)])


THEIRS = "class Callback: pass\nclass TensorBoard(Callback): real = True\n"
KERAS = ("keras", "tf_keras", "tensorflow")


class TestInstall(InFamilies):

    def setUp(self):
        InFamilies.setUp(self)
        before = {name: module for name, module in sys.modules.items() if name.split(".")[0] in KERAS}
        for name in before:
            del sys.modules[name]
        self.addCleanup(sys.modules.update, before)
        self.addCleanup(self.forget_keras)

    @staticmethod
    def forget_keras():
        for name in [name for name in sys.modules if name.split(".")[0] in KERAS]:
            del sys.modules[name]

    def imported(self, name):
        __import__(name)
        return sys.modules[name]

    def test_modules_that_are_imported_later(self):
        for name in MODULES:
            self.package(name, THEIRS)
        tbx_pure.install(keras=True)
        for name in MODULES:
            with self.subTest(name):
                module = self.imported(name)
                self.assertIs(module.TensorBoard, TensorBoard)
                self.assertTrue(issubclass(module.Callback, object))
                self.assertEqual((module.__spec__.name, module.__file__), (name, self.path(*(name.split(".") + ["__init__.py"]))))
        tbx_pure.uninstall()
        for name in MODULES:
            self.assertTrue(sys.modules[name].TensorBoard.real)
        self.forget_keras()
        self.assertTrue(self.imported("keras.callbacks").TensorBoard.real)

    def test_modules_that_are_imported_already(self):
        self.package("keras.callbacks", THEIRS)
        module = self.imported("keras.callbacks")
        tbx_pure.install()
        self.assertTrue(module.TensorBoard.real)
        tbx_pure.install(keras=True)
        tbx_pure.install(keras=True)
        self.assertIs(module.TensorBoard, TensorBoard)
        tbx_pure.uninstall()
        self.assertTrue(module.TensorBoard.real)

    def test_a_finder_of_an_older_kind(self):
        self.assertIsNone(Callbacks().find_spec("keras.callbacks", None, [object()]))

    def test_a_loader_of_an_older_kind(self):
        os.makedirs(self.path("keras", "callbacks"))    # a namespace, which has none at all
        tbx_pure.install(keras=True)
        self.assertFalse(hasattr(self.imported("keras.callbacks"), "TensorBoard"))

    def test_there_is_none(self):
        self.package("keras.callbacks", "old = True")
        tbx_pure.install(keras=True)
        self.assertFalse(hasattr(self.imported("keras.callbacks"), "TensorBoard"))
        with self.assertRaises(ImportError):
            self.imported("tf_keras.callbacks")

    def test_commands(self):
        """run --keras and shim --keras, and the processes that a program starts."""
        self.package("keras.callbacks", THEIRS)
        self.package("keras", "from keras import callbacks")
        with open(self.path("a.py"), "w") as f:
            f.write("import keras, subprocess, sys\nprint(keras.callbacks.TensorBoard.__module__)\n"
                    "if len(sys.argv) < 2: sys.exit(subprocess.call([sys.executable, 'a.py', 'again']))\n")
        ours, theirs = (PACKAGE_NAME + ".integrations.keras\n") * 2, "keras.callbacks\n" * 2
        self.assertEqual(self.said("-m", PACKAGE_NAME, "run", "--keras", "a.py"), ours)
        self.assertEqual(self.said("-m", PACKAGE_NAME, "run", "a.py"), theirs)
        for options, expected in (["--keras"], ours), ([], theirs):
            with contextlib.redirect_stdout(io.StringIO()):
                self.assertEqual(main(["shim", self.path("shim")] + options), 0)
            self.assertEqual(self.said("a.py", path=self.path("shim")), expected)

    def said(self, *arguments, path=ROOT):
        kept = {name: x for name, x in os.environ.items() if not name.startswith(("PYTHON", "TBX_"))}
        return subprocess.check_output([sys.executable, "-W", "error"] + list(arguments), cwd=self.directory,
                                       env=dict(kept, PYTHONPATH=path)).decode().replace("\r", "")


if __name__ == "__main__":
    unittest.main()
