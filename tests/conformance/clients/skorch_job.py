"""skorch: its TensorBoard callback, handed a writer."""
import importlib
import sys

import numpy
import torch
from skorch import NeuralNetClassifier
from skorch.callbacks import TensorBoard

SummaryWriter = importlib.import_module(sys.argv[2]).SummaryWriter


class WithHistograms(TensorBoard):
    """As skorch's documentation extends it."""

    def on_epoch_end(self, net, **keywords):
        epoch = net.history[-1]["epoch"]
        for name, parameter in net.module_.named_parameters():
            self.writer.add_histogram(name, parameter, global_step=epoch)
        super().on_epoch_end(net, **keywords)


torch.manual_seed(3)
random = numpy.random.RandomState(3)
net = NeuralNetClassifier(
    torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.Softmax(-1)), max_epochs=3, batch_size=8,
    verbose=0, callbacks=[WithHistograms(SummaryWriter(sys.argv[1]))])
net.fit(random.randn(40, 4).astype("float32"), random.randint(0, 3, 40))
