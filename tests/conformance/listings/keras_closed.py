"""A Keras model, with the callback under its longer name, which is closed as a writer would be."""
import numpy
import tensorflow as tf
from tensorflow.keras.layers import Dense, Dropout, Flatten
from tensorflow.keras.models import Sequential

random = numpy.random.RandomState(7)
tf.keras.utils.set_random_seed(7)
train_images, test_images = random.rand(32, 8, 8, 3), random.rand(8, 8, 8, 3)
train_labels, test_labels = random.randint(0, 10, (32, 1)), random.randint(0, 10, (8, 1))
model = Sequential([Flatten(input_shape=(8, 8, 3)), Dense(8, activation="relu"), Dropout(0.5),
                    Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
writer = tf.keras.callbacks.TensorBoard(log_dir="./logs")
history = model.fit(train_images, train_labels, epochs=2,
                    validation_data=(test_images, test_labels), callbacks=[writer])
writer.close()
