"""A Keras model, its data augmented, with the callback that writes curves and histograms."""
import numpy
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.callbacks import TensorBoard

random = numpy.random.RandomState(7)
keras.utils.set_random_seed(7)
train_images, test_images = random.rand(32, 8, 8, 3), random.rand(8, 8, 8, 3)
train_labels, test_labels = random.randint(0, 10, (32, 1)), random.randint(0, 10, (8, 1))
data_augmentation = keras.preprocessing.image.ImageDataGenerator(
    rotation_range=20, width_shift_range=0.2, height_shift_range=0.2, horizontal_flip=True)
model = keras.Sequential([
    layers.Conv2D(4, (3, 3), padding="same", activation="relu", input_shape=(8, 8, 3)),
    layers.MaxPooling2D(pool_size=(2, 2)),
    layers.Flatten(),
    layers.Dense(8, activation="relu"),
    layers.Dense(10, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
tensorboard_callback = TensorBoard(log_dir="logs/cifar10_model", histogram_freq=1)
history = model.fit(
    data_augmentation.flow(train_images, train_labels, batch_size=8),
    epochs=2,
    validation_data=(test_images, test_labels),
    callbacks=[tensorboard_callback],
)
test_loss, test_acc = model.evaluate(test_images, test_labels, verbose=2)
