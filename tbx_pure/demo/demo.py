"""Train a net on the digits and log it: SummaryWriter as a training script uses it.

    tag                                             kind                    when
    configuration                                   text                    start
                                                    graph                   start
    digits                                          images                  start
    train/batch_loss                                scalar                  each batch
    train/learning_rate                             scalar                  each epoch
    train/loss  train/accuracy                      scalar                  each epoch
    test/loss  test/accuracy                        scalar                  each epoch
    accuracy                                        scalars                 each epoch
    Loss by epoch                                   line chart              each epoch
    hidden/weights  hidden/gradients                histograms              each epoch
    output/weights  output/gradients                histograms              each epoch
    test/confusion                                  confusion matrix        each epoch
    hidden/pictures                                 images                  start, each fifth epoch
    hidden/learning                                 video                   end
    hidden/plane                                    scatter                 end
    hidden/numbers                                  embedding               end
    output/digits                                   heatmap                 end
    loss                                            audio                   end
    test/least_sure                                 image with boxes        end
    test/misread                                    table                   end
    summary                                         text                    end

The step is the number of batches learned so far, so that charts share one axis; that of the line
chart is its x, the epoch.
"""
import random
import time
from collections import namedtuple
from math import fsum

from ..metrics import Accuracy, CrossEntropy
from ..wings import SummaryWriter
from . import digits, pictures
from .net import Net, largest, transpose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Dict, Iterator, List, Optional

    from .digits import Digit

CLASSES = [str(digit) for digit in range(10)]
HIDDEN = 32             # numbers in the hidden layer
BATCH = 32              # digits
EPOCHS = 20             # how often each digit is seen
RATE = 0.05             # in the first epoch; then it falls in a straight line towards 0
MOMENTUM = 0.9
SEED = 0

PICTURES_EVERY = 5      # epochs
SHOWN = 40              # digits to learn from
LEAST_SURE = 24         # digits of the test
COLUMNS = 8             # of them

#   name                op              inputs
GRAPH = (
    ("picture",         "Placeholder"),
    ("label",           "Placeholder"),
    ("hidden/weights",  "Variable"),
    ("hidden/biases",   "Variable"),
    ("hidden/product",  "MatMul",       ["picture", "hidden/weights"]),
    ("hidden/sum",      "Add",          ["hidden/product", "hidden/biases"]),
    ("hidden/numbers",  "Tanh",         ["hidden/sum"]),
    ("output/weights",  "Variable"),
    ("output/biases",   "Variable"),
    ("output/product",  "MatMul",       ["hidden/numbers", "output/weights"]),
    ("output/scores",   "Add",          ["output/product", "output/biases"]),
    ("probabilities",   "Softmax",      ["output/scores"]),
    ("loss",            "CrossEntropy", ["probabilities", "label"]),
)

# Loss and accuracy (0..1) on some digits; and for each its hidden numbers, how probable the net
# finds each class, and which it says.
Score = namedtuple("Score", "loss accuracy hidden probabilities said")
# Loss and accuracy on `tested` digits, after `steps` batches of `learned` others.
Result = namedtuple("Result", "directory loss accuracy tested learned steps seconds")


def run(directory: str, epochs: int = EPOCHS, limit: "Optional[int]" = None,
        progress: "Optional[Callable[[int, int, float], None]]" = None) -> Result:
    """Train for `epochs` >= 1, log into `directory` and return how well unseen digits are read.

    limit:     how many digits to learn from, and to test with, at most; None means all
    progress:  called after each epoch with its number from 1, epochs, and the test accuracy 0..1
    """
    started = time.time()
    train, test = (part[:limit] for part in digits.load())
    net = Net(digits.SIDE ** 2, HIDDEN, len(CLASSES), SEED)
    rng = random.Random(SEED)
    step, losses, frames = 0, [], [pictures.frame(net.hidden.weights)]
    with SummaryWriter(directory) as writer:
        log_start(writer, net, train, test, epochs)
        for epoch in range(1, epochs + 1):
            rate = RATE * (1 - (epoch - 1) / epochs)
            for batch in batches(train, rng):
                step += 1
                writer.add_scalar("train/batch_loss", learn(net, batch, rate), step)
            writer.add_scalar("train/learning_rate", rate, step)
            scores = {"train": score_of(net, train), "test": score_of(net, test)}
            log_epoch(writer, net, test, scores, epoch, step)
            losses.append((scores["train"].loss, scores["test"].loss))
            frames.append(pictures.frame(net.hidden.weights))
            if progress is not None:
                progress(epoch, epochs, scores["test"].accuracy)
        log_weights(writer, net, frames, step)
        writer.add_audio("loss", pictures.sound(losses), step, sample_rate=pictures.RATE)
        log_hidden(writer, test, scores["test"], step)
        log_mistakes(writer, test, scores["test"], step)
        result = Result(directory, scores["test"].loss, scores["test"].accuracy, len(test),
                        len(train), step, time.time() - started)
        writer.add_text("summary", sentence(result), step)
    return result


def batches(examples: "List[Digit]", rng: random.Random) -> "Iterator[List[Digit]]":
    """Yield all examples in a new order, BATCH at a time; the last batch may be smaller."""
    order = list(examples)
    rng.shuffle(order)
    for start in range(0, len(order), BATCH):
        yield order[start:start + BATCH]


def learn(net: Net, batch: "List[Digit]", rate: float) -> float:
    """Learn from one batch and return what its loss was before."""
    labels, inputs = zip(*batch)
    loss = net.backward(inputs, labels)
    net.step(rate, MOMENTUM)
    return loss


def score_of(net: Net, examples: "List[Digit]") -> Score:
    """Return how well the net reads some digits, and what it made of each."""
    labels, inputs = zip(*examples)
    hidden, probabilities = net.forward(inputs)
    loss, accuracy = CrossEntropy(), Accuracy()
    loss.update(labels, probabilities)
    accuracy.update(labels, probabilities)
    return Score(loss.value, accuracy.value, hidden, probabilities,
                 list(map(largest, probabilities)))


# What is logged.

def log_start(writer: SummaryWriter, net: Net, train: "List[Digit]", test: "List[Digit]",
              epochs: int) -> None:
    """Log what the training starts from."""
    writer.add_text("configuration", {
        "digits to learn from": len(train),
        "digits to test with": len(test),
        "layers": "%d pixels, %d tanh, %d softmax" % (digits.SIDE ** 2, HIDDEN, len(CLASSES)),
        "epochs": epochs,
        "digits in a batch": BATCH,
        "learning rate": "%g, falling to 0" % RATE,
        "momentum": MOMENTUM,
        "seed": SEED,
    }, 0)
    writer.add_graph(GRAPH)
    writer.add_images("digits", [pictures.gray(pixels) for _, pixels in train[:SHOWN]], 0)
    log_pictures(writer, net, 0)


def log_epoch(writer: SummaryWriter, net: Net, test: "List[Digit]", scores: "Dict[str, Score]",
              epoch: int, step: int) -> None:
    """Log how well the net reads, and its weights with their gradients by the last batch."""
    for name, score in scores.items():
        writer.add_scalar(name + "/loss", score.loss, step)
        writer.add_scalar(name + "/accuracy", score.accuracy, step)
    writer.add_scalars("accuracy", {name: s.accuracy for name, s in scores.items()}, step)
    writer.add_line_chart(["epoch", "train", "test"],
                          [epoch, scores["train"].loss, scores["test"].loss], "Loss by epoch")
    writer.add_histograms({
        "hidden/weights": net.hidden.weights, "hidden/gradients": net.hidden.weight_gradients,
        "output/weights": net.output.weights, "output/gradients": net.output.weight_gradients,
    }, step)
    writer.add_confusion_matrix("test/confusion", [label for label, _ in test],
                                scores["test"].said, CLASSES, global_step=step)
    if epoch % PICTURES_EVERY == 0:
        log_pictures(writer, net, step)


def log_pictures(writer: SummaryWriter, net: Net, step: int) -> None:
    """Log what each hidden number looks for: the weights of its 64 pixels, as a picture."""
    writer.add_images("hidden/pictures", [pictures.signed(w) for w in net.hidden.weights], step)


def log_weights(writer: SummaryWriter, net: Net, frames: "List[bytes]", step: int) -> None:
    """Log how the hidden pictures came to be, and what each hidden number says of each digit."""
    writer.add_video("hidden/learning", pictures.video(frames), step, dataformats="TNCHW")
    most = max(abs(w) for row in net.output.weights for w in row)
    writer.add_heatmap("output/digits", net.output.weights, CLASSES, colormap="coolwarm",
                       global_step=step, low=-most, high=most)


def log_hidden(writer: SummaryWriter, test: "List[Digit]", score: Score, step: int) -> None:
    """Log what the hidden numbers make of the test: those of one digit should be alike."""
    labels = [label for label, _ in test]
    writer.add_embedding(score.hidden, labels, [[pictures.square(p)] for _, p in test], step,
                         "hidden/numbers")
    columns = transpose(score.hidden)
    x, y = sorted(range(HIDDEN), key=lambda i: variance(columns[i]))[-2:]
    writer.add_scatter("hidden/plane", columns[x], columns[y], labels, global_step=step,
                       x_label="hidden number %d" % x, y_label="hidden number %d" % y)


def variance(numbers: "List[float]") -> float:
    """Return the mean squared distance from the mean."""
    mean = fsum(numbers) / len(numbers)
    return fsum((x - mean) ** 2 for x in numbers) / len(numbers)


def log_mistakes(writer: SummaryWriter, test: "List[Digit]", score: Score, step: int) -> None:
    """Log the digits that the net is least sure of, those that it misreads in boxes."""
    order = sorted(range(len(test)), key=lambda i: score.probabilities[i][test[i][0]])
    shown = order[:LEAST_SURE]
    sheet, places = pictures.sheet([test[i][1] for i in shown], COLUMNS)
    wrong = [i for i in order if score.said[i] != test[i][0]]
    boxed = [(place, i) for place, i in zip(places, shown) if i in wrong]
    writer.add_image_with_boxes(
        "test/least_sure", sheet, [place for place, _ in boxed], step, dataformats="HW",
        labels=["%d as %d" % (test[i][0], score.said[i]) for _, i in boxed])
    writer.add_table("test/misread", [
        (test[i][0], score.said[i], score.probabilities[i][score.said[i]]) for i in wrong],
        ("is", "read as", "with probability"), step)


def sentence(result: Result) -> str:
    """Return the result in one sentence."""
    return ("After %d steps on %d digits the net reads %.1f%% of %d unseen digits right "
            "(loss %.3f, %.1f s)." % (result.steps, result.learned, 100 * result.accuracy,
                                      result.tested, result.loss, result.seconds))
