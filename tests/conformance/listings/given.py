"""The names that the articles' listings leave out: small data, and models that fit it."""
import torch
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(7)
num_epochs = 2


def images(*shape, classes=10):
    """Return a data set of 24 pictures with their classes."""
    return TensorDataset(torch.rand(24, *shape), torch.randint(0, classes, (24,)))


def regression(width):
    """Return a data set of 100 points with a number each."""
    x = torch.randn(100, width)
    return TensorDataset(x, x.sum(1, keepdim=True))


def loader(data):
    return DataLoader(data, batch_size=8, shuffle=True)
