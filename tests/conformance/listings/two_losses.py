"""Mean squared error and cross-entropy of one model, 100 epochs of random data; and another run."""
import torch
import torch.nn as nn
import torch.optim as optim
import torch.utils.tensorboard as TensorBoard
from torch.utils.tensorboard import SummaryWriter

import given                                        # noqa: F401: it seeds

model = nn.Sequential(nn.Linear(10, 1), nn.ReLU(), nn.Linear(1, 1))
optimizer = optim.SGD(model.parameters(), lr=0.01)
mse_loss_fn, cross_entropy_loss_fn = nn.MSELoss(), nn.CrossEntropyLoss()
writer = SummaryWriter("runs/loss_experiment")
for epoch in range(100):
    optimizer.zero_grad()
    output = model(torch.randn(64, 10))
    mse_loss = mse_loss_fn(output, torch.randn(64, 1))
    cross_entropy_loss = cross_entropy_loss_fn(
        output, torch.randint(0, 2, (64, 1), dtype=torch.float))
    writer.add_scalar("MSE Loss", mse_loss.item(), epoch)
    writer.add_scalar("Cross-Entropy Loss", cross_entropy_loss.item(), epoch)
    (mse_loss if epoch < 10 else cross_entropy_loss).backward()
    optimizer.step()
writer.close()

writer = TensorBoard.SummaryWriter("runs/mse_experiment")
for epoch in range(100):
    optimizer.zero_grad()
    loss = mse_loss_fn(model(torch.randn(64, 10)), torch.randn(64, 1))
    writer.add_scalar("MSE Loss", loss.item(), epoch)
    loss.backward()
    optimizer.step()
writer.close()
