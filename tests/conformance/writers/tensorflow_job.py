"""What TensorFlow 1, TensorFlow 2 and Keras write: python tensorflow_job.py DIRECTORY"""
import os
import sys

os.environ.update(TF_ENABLE_ONEDNN_OPTS="0", KERAS_BACKEND="tensorflow")

import keras
import numpy as np
import tensorflow as tf
from tensorboard.plugins.hparams import api as hparams

STEPS = 3
PICTURES = np.arange(3 * 4 * 5 * 3, dtype=np.uint8).reshape(3, 4, 5, 3)
SOUNDS = np.linspace(-1, 1, 40, dtype=np.float32).reshape(2, 10, 2)


def tensorflow_1(directory):
    """Graph mode; it writes the metadata of a tag with its first value only.  A restart at step 2."""
    v1 = tf.compat.v1
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, (), "x")
        v1.summary.scalar("loss/train", x)
        v1.summary.histogram("weights", x * tf.constant([-1.0, 0.0, 2.0]))
        v1.summary.image("pictures", tf.constant(PICTURES), max_outputs=2)
        v1.summary.audio("sounds", tf.constant(SOUNDS), sample_rate=8000.0, max_outputs=2)
        v1.summary.text("words", tf.constant([["a", "b"], ["c", "\u00fc"]]))
        v1.summary.tensor_summary("tensors", tf.stack([x, x]))
        merged = v1.summary.merge_all()
        with v1.Session() as session, v1.summary.FileWriter(directory, graph) as writer:
            start = v1.SessionLog(status=v1.SessionLog.START)
            writer.add_session_log(start, 0)
            for step in list(range(STEPS)) + [None, 1, 2]:
                if step is None:
                    writer.add_session_log(start, 1)
                    continue
                about = v1.RunMetadata()
                options = v1.RunOptions(trace_level=v1.RunOptions.FULL_TRACE)
                summary = session.run(merged, {x: step / 10}, options, about)
                writer.add_summary(summary, step)
                if step == 0:
                    writer.add_run_metadata(about, "first", step)


def tensorflow_2(directory):
    @tf.function
    def double(x):
        return 2 * x

    with tf.summary.create_file_writer(directory).as_default():
        for step in range(STEPS):
            tf.summary.scalar("loss", step / 10, step, description="*falls*")
            tf.summary.histogram("weights", [float(step), 1.0, 2.0], step, buckets=4)
            tf.summary.histogram("one", [1.0], step)
            tf.summary.histogram("none", [], step)
            tf.summary.image("pictures", PICTURES, step)
            tf.summary.audio("sounds", SOUNDS, 8000, step, encoding="wav")
            tf.summary.text("word", "a*b*", step)
            tf.summary.text("words", [["a", "b"], ["c", "\u00fc"]], step)
            for dtype in (tf.float64, tf.float16, tf.bfloat16, tf.int8, tf.uint8, tf.int64, tf.bool):
                tf.summary.write("numbers/" + dtype.name, tf.cast([[step, 1, 0]], dtype), step,
                                 metadata=tf.compat.v1.SummaryMetadata(
                                     plugin_data={"plugin_name": "ours"}))
        tf.summary.trace_on(graph=True)
        double(tf.constant(1.0))
        tf.summary.trace_export("double", 0)
        hparams.hparams({"rate": 0.1, "name": "adam", "fast": True})


def of_keras(directory):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="dense")], name="model")
    model.compile("sgd", "mse")
    model.fit(np.ones((8, 4)), np.zeros((8, 3)), batch_size=4, epochs=2, verbose=0,
              validation_data=(np.ones((4, 4)), np.zeros((4, 3))),
              callbacks=[keras.callbacks.TensorBoard(directory, histogram_freq=1, write_images=True,
                                                     update_freq=1, write_graph=True)])


for name, write in (("tensorflow1", tensorflow_1), ("tensorflow2", tensorflow_2), ("keras", of_keras)):
    write(os.path.join(sys.argv[1], name))
