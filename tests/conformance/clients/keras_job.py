"""Keras: models trained and evaluated with the callback TensorBoard of a module."""
import importlib
import os
import sys

import numpy
from keras import Input, Model, Sequential, layers, losses, optimizers, utils

LOGDIR, MODULE = sys.argv[1:]
TensorBoard = importlib.import_module(MODULE).TensorBoard
random = numpy.random.RandomState(7)
utils.set_random_seed(7)


def callback(name, **options):
    return TensorBoard(os.path.join(LOGDIR, name), **options)


def all_weights():
    """Weights of every rank, as histograms and pictures, and metrics of each batch."""
    model = Sequential([
        Input((8, 8, 3)),
        layers.Conv2D(4, 3, padding="same"),            # 4 filters: taken for channels
        layers.Conv2D(5, 3, padding="same"),
        layers.DepthwiseConv2D(3),
        layers.BatchNormalization(),                    # all equal, at first
        layers.Dropout(0.1),
        layers.Reshape((6, 6, 5, 1)),
        layers.Conv3D(2, 2),
        layers.Reshape((5, 40)),
        layers.Conv1D(6, 2),
        layers.Flatten(),
        layers.Dense(30),
        layers.Dense(1),
    ])
    model.compile("adam", "mse", metrics=["mae"])
    x, y = random.rand(24, 8, 8, 3), random.rand(24, 1)
    model.fit(x, y, batch_size=8, epochs=3, validation_data=(x[:8], y[:8]), verbose=0,
              callbacks=[callback("all weights", histogram_freq=2, write_images=True,
                                  write_steps_per_second=True, update_freq="batch")])


def nested():
    """A model in a model, a learning rate that changes, a second training and an evaluation."""
    inner = Sequential([Input((3,)), layers.Dense(2, name="a-b", activation="relu")], name="inner")
    inputs = Input((3,))
    model = Model(inputs, layers.Dense(1)(layers.Concatenate()([inner(inputs), inputs])))
    rate = optimizers.schedules.ExponentialDecay(0.1, 2, 0.5)
    model.compile(optimizers.SGD(rate), "mse")
    x, y = random.rand(24, 3), random.rand(24, 1)
    board = callback("nested", histogram_freq=1, update_freq=3)
    model.fit(x, y, batch_size=8, epochs=2, callbacks=[board], verbose=0)
    model.fit(x, y, batch_size=8, epochs=4, initial_epoch=2, callbacks=[board], verbose=0)
    model.evaluate(x, y, batch_size=8, callbacks=[board], verbose=0)
    model.fit(x, y, batch_size=8, epochs=2, validation_data=(x, y), verbose=0,
              callbacks=[callback("every second batch", update_freq=2)])


class Own(Model):
    """A model that has no conceptual graph."""

    def __init__(self):
        super().__init__()
        self.embedding, self.dense = layers.Embedding(7, 2), layers.Dense(3)

    def call(self, x):
        return self.dense(layers.Flatten()(self.embedding(x)))


def own():
    model = Own()
    model.compile(optimizers.LossScaleOptimizer(optimizers.SGD(0.01), initial_scale=2),
                  losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    x, y = random.randint(0, 7, (12, 2)), random.randint(0, 3, 12)
    model.fit(x, y, batch_size=4, epochs=2, validation_split=0.25, verbose=0, callbacks=[
        callback("own", histogram_freq=1, write_images=True, write_graph=False)])
    model.fit(x, y, verbose=0, callbacks=[callback("nothing but a graph")])


def embeddings():
    """Two tables, the one with labels, in the log directory itself."""
    words, users = Input((3,)), Input((1,))
    parts = [layers.Flatten()(layers.Embedding(size, 2, name=name)(x))
             for name, size, x in (("words", 5, words), ("users", 4, users))]
    model = Model([words, users], layers.Dense(1)(layers.Concatenate()(parts)))
    model.compile("sgd", "mse")
    x = [random.randint(0, 5, (12, 3)), random.randint(0, 4, (12, 1))]
    os.makedirs(LOGDIR, exist_ok=True)
    with open(os.path.join(LOGDIR, "labels.tsv"), "w") as file:
        file.write("a\nb\nc\nd\ne\n")
    model.fit(x, random.rand(12, 1), epochs=2, verbose=0, callbacks=[TensorBoard(
        LOGDIR, embeddings_freq=1, embeddings_metadata={"words": "labels.tsv"})])


all_weights()
nested()
own()
embeddings()
