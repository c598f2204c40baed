"""The callback of Keras that writes what TensorBoard shows of a training, without TensorFlow.

    model.fit(x, y, epochs=5, callbacks=[TensorBoard("logs")])

Any version of Keras with any backend will do: it only calls the methods that a callback has, and
is not imported.  The summaries are those of Keras 3.15's own callback; spec/deviations.md says
where they are not.
"""
import os
import sys
import time

from . import weights
from ..errors import FormatError, InputError, naming, shown, warn
from ..eventfile import path_text
from ..lasting import EventFile
from ..graph.keras import conceptual, has_layers, text_of
from ..messages import EVENT
from ..plugins import checked_text
from ..plugins.scalars import as_tensor
from ..projector import add_embedding
from ..steps import whole_step
from ..tensor import one, real, view

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Set

TRAIN, VALIDATION = "train", "validation"               # the runs
OF_VALIDATION = "val_"                                  # begins the names of its metrics
UPDATES = {"epoch": "epoch", "batch": 1}                # what update_freq may be, besides a number


class Callback:
    """What Keras calls of any callback, where ours has nothing to do."""

    def _nothing(self, *arguments: "Any", **more: "Any") -> None:
        """Do nothing."""

    on_batch_begin = on_batch_end = _nothing
    on_test_begin = on_test_batch_begin = on_test_batch_end = _nothing
    on_predict_begin = on_predict_end = on_predict_batch_begin = on_predict_batch_end = _nothing

    def _implements_train_batch_hooks(self):            # Keras 2 asks which of them it must call
        return True

    _implements_test_batch_hooks = _implements_predict_batch_hooks = _nothing


class TensorBoard(Callback):
    """Write metrics, weights and the layers of a model while Keras trains or evaluates it.

    log_dir:         has the runs train/ and validation/
    histogram_freq:  every so many epochs, the weights as histograms; 0: never
    write_graph:     the layers, as the conceptual graph of the Graphs page
    write_images:    with the histograms, the weights as pictures
    write_steps_per_second:  the speed, of epochs, and of batches if those are written
    update_freq:     "epoch": metrics after each epoch; "batch" or a number n: after each, or each
                     n-th, batch of the training too
    profile_batch:   profiling takes TensorFlow: anything but 0 warns that there is none
    embeddings_freq: every so many epochs, the weights of Embedding layers for the projector
    embeddings_metadata:  the file with their labels, relative to log_dir; or a dict of files, by
                     the names of layers
    Raises InputError, which is a ValueError, for other arguments, and for metrics that are not
    numbers; OSError if the system cannot write.  All is written at once: close() only puts it on
    the disk, as the end of a training does.
    """

    def __init__(self, log_dir: "Any" = "logs", histogram_freq: "Any" = 0,
                 write_graph: bool = True, write_images: bool = False,
                 write_steps_per_second: bool = False, update_freq: "Any" = "epoch",
                 profile_batch: "Any" = 0, embeddings_freq: "Any" = 0,
                 embeddings_metadata: "Any" = None) -> None:
        with naming("TensorBoard", log_dir):
            self.log_dir = path_text(log_dir, "log_dir")
            self.histogram_freq = _frequency(histogram_freq, "histogram_freq")
            self.embeddings_freq = _frequency(embeddings_freq, "embeddings_freq")
            self.update_freq = _updates(update_freq)
        self.write_graph, self.write_images = write_graph, write_images
        self.write_steps_per_second = write_steps_per_second
        self.embeddings_metadata = embeddings_metadata
        self.params = None              # type: Any
        self._model = None              # type: Any
        self._files = {}                # type: Dict[str, EventFile]
        self._batch = self._first_iteration = 0
        self._batch_start = self._epoch_start = time.perf_counter()
        self._warned = set()            # type: Set[str]
        if profile_batch:
            warn("TensorBoard(profile_batch=%r): nothing is profiled, as that takes TensorFlow"
                 % (profile_batch,))

    # ---- what Keras calls ----

    def set_params(self, params: "Any") -> None:
        """Keep what Keras says of the training: epochs, steps and so on."""
        self.params = params

    def set_model(self, model: "Any") -> None:
        """Begin new event files for this model, with its layers in them."""
        self.close()
        self._model, self._files = model, {}
        if self.embeddings_freq:
            self._check_embeddings()
        if self.write_graph:
            self._write_graph()

    def on_train_begin(self, logs: "Any" = None) -> None:
        """Count batches from here."""
        self._batch = 0

    def on_train_end(self, logs: "Any" = None) -> None:
        """Put all on the disk."""
        self.close()

    def on_train_batch_begin(self, batch: int, logs: "Any" = None) -> None:
        """Count the batch, and begin to time it."""
        self._batch += 1
        self._batch_start = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: "Any" = None) -> None:
        """Write the metrics, if they are due."""
        if self.update_freq != "epoch" and self._batch % self.update_freq == 0:
            speed = {"steps_per_second": _rate(1, self._batch_start)}
            found = dict(speed if self.write_steps_per_second else {}, **_named(logs))
            self._write_scalars(TRAIN, "batch_%s", found, self._batch)

    def on_epoch_begin(self, epoch: int, logs: "Any" = None) -> None:
        """Begin to time the epoch."""
        if self.write_steps_per_second:
            self._epoch_start = time.perf_counter()
            self._first_iteration = _iterations(self.model.optimizer)

    def on_epoch_end(self, epoch: int, logs: "Any" = None) -> None:
        """Write the metrics of the epoch, and the weights, if they are due."""
        if logs:
            self._write_metrics(epoch, _named(logs))
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            self._write_embeddings(epoch)

    def on_test_end(self, logs: "Any" = None) -> None:
        """Write the metrics of an evaluation, at the number of batches the model has learned."""
        optimizer = getattr(self.model, "optimizer", None)
        if hasattr(optimizer, "iterations"):
            self._write_scalars(VALIDATION, "evaluation_%s_vs_iterations", _named(logs),
                                _iterations(optimizer))

    # ---- what you may use ----

    @property
    def model(self) -> "Any":
        """The model, its weights up to date."""
        model = self._model
        if hasattr(model, "module") and not hasattr(model, "layers"):
            model = model.module        # torch's DistributedDataParallel holds it
        if hasattr(model, "jax_state_sync"):
            model.jax_state_sync()      # JAX keeps the weights elsewhere during an epoch
        return model

    def close(self) -> None:
        """Put all on the disk and let go of the files."""
        for file in self._files.values():
            file.close()

    def __enter__(self) -> "TensorBoard":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    # ---- what is written ----

    def _write_graph(self):
        try:
            text = text_of(self.model)
            written = has_layers(text)
        except (InputError, FormatError) as e:
            self._warn("graph", "no graph is written: %s" % e)
            return
        if written:
            self._append(TRAIN, 0, conceptual(text))

    def _write_metrics(self, epoch, metrics):
        learned = {name: x for name, x in metrics.items() if not name.startswith(OF_VALIDATION)}
        found = {name[len(OF_VALIDATION):]: x for name, x in metrics.items()
                 if name.startswith(OF_VALIDATION)}
        learned.update(_learning_rates(getattr(self.model, "optimizer", None)))
        if self.write_steps_per_second:
            steps = _iterations(self.model.optimizer) - self._first_iteration
            learned["steps_per_second"] = _rate(steps, self._epoch_start)
        self._write_scalars(TRAIN, "epoch_%s", learned, epoch)
        self._write_scalars(VALIDATION, "epoch_%s", found, epoch)

    def _write_scalars(self, run, form, metrics, step):
        with naming("TensorBoard", self.log_dir):
            made = [_scalar(form % name, real(x, "logs[%r]" % name)) for name, x in metrics.items()]
        for summary in made:
            self._append(run, step, summary)

    def _write_weights(self, epoch):
        channels_last = _channels_last()
        for layer in self.model.layers:
            for weight in layer.weights:
                name, tensor = _name(weight), view(weight, _name(weight))
                histogram, left_out = weights.histogram(tensor.values)
                if left_out:
                    self._warn(name, "left out NaN or infinities in %s: %d of %d"
                               % (name, left_out, len(tensor.values)))
                self._append(TRAIN, epoch, _summary(name + "/histogram", "histograms", histogram))
                images = weights.images(tensor, channels_last) if self.write_images else None
                if images:
                    self._append(TRAIN, epoch, _summary(name + "/image", "images", images))

    def _check_embeddings(self):
        if isinstance(self.embeddings_metadata, dict):
            known = [layer.name for layer in self.model.layers if _embeds(layer)]
            for name in self.embeddings_metadata:
                if name not in known:
                    raise InputError("embeddings_metadata", "names of Embedding layers: %s"
                                     % (", ".join(known) or "the model has none"), shown(name),
                                     "TensorBoard()")

    def _write_embeddings(self, epoch):
        for layer in self.model.layers:
            if _embeds(layer):
                path = self.embeddings_metadata
                path = path.get(layer.name) if isinstance(path, dict) else path
                add_embedding(self.log_dir, layer.embeddings, None, None, epoch, layer.name, None,
                              False, metadata_path=None if path is None else str(path))

    def _append(self, run, step, summary):
        if run not in self._files:
            self._files[run] = EventFile(os.path.join(self.log_dir, run), ".v2")
        event = {"wall_time": time.time(), "step": step, "summary": summary}
        self._files[run].append(EVENT.encode(event))

    def _warn(self, cause, text):
        if cause not in self._warned:
            self._warned.add(cause)
            warn("TensorBoard(%r): %s" % (self.log_dir, text))


def _summary(tag, plugin, tensor):
    """Return a summary as TensorFlow writes it: without a data class, which readers know anyway."""
    about = {"plugin_data": {"plugin_name": plugin}}
    return {"value": [{"tag": checked_text(tag, "tag"), "tensor": tensor, "metadata": about}]}


def _scalar(tag, x):
    return _summary(tag, "scalars", as_tensor({"simple_value": x})["tensor"])


# ---- arguments ----

def _frequency(x, argument):
    """Return a whole number; of None, 0."""
    n = whole_step(x, argument) or 0
    if n != (x or 0):
        raise InputError(argument, "a whole number, or 0 for never", shown(x))
    return n


def _updates(x):
    """Return "epoch", or a number of batches."""
    n = UPDATES.get(x) if isinstance(x, str) else _frequency(x, "update_freq")
    if not n:
        raise InputError("update_freq", "'epoch', 'batch' or a number of batches", shown(x))
    return n


def _named(logs):
    """Return metrics as a dict.  A train_step of the user's own may return something else."""
    return logs if isinstance(logs, dict) else {}


# ---- what a model knows ----

def _name(weight):
    """Return a weight's name: of Keras 2, that with its output, dense/kernel:0."""
    return (getattr(weight, "path", None) or weight.name).replace(":", "_")


def _embeds(layer):
    """Return whether this is an Embedding, whose weight is missing until it has been called."""
    return hasattr(layer, "embeddings_initializer")


def _learning_rates(optimizer):
    """Return {metric: learning rate} of an optimizer, or of the several in one."""
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)        # of LossScaleOptimizer
    if hasattr(optimizer, "optimizers"):
        return {"learning_rate_%s" % each.name: _learning_rate(each)
                for each in optimizer.optimizers}
    if hasattr(optimizer, "learning_rate"):
        return {"learning_rate": _learning_rate(optimizer)}
    return {}


def _learning_rate(optimizer):
    rate = optimizer.learning_rate
    return rate(optimizer.iterations) if callable(rate) else rate       # a schedule of Keras 2


def _iterations(optimizer):
    return int(one(optimizer.iterations, "iterations"))


def _rate(count, start):
    return count / max(time.perf_counter() - start, 1e-9)


def _channels_last():
    """Return what Keras is set to, which has made the model and so is imported."""
    for name in ("keras", "tf_keras"):
        backend = getattr(sys.modules.get(name), "backend", None)
        if backend is not None:
            return backend.image_data_format() == "channels_last"
    return True
