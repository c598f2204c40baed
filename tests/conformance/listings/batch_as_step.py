"""A loss at each batch, its step the batch, which begins again each epoch; flushed; not closed."""
import tensorboardX as tb
import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import DataLoader

from given import regression


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(10, 20), nn.Linear(20, 1)

    def forward(self, x):
        return self.second(torch.relu(self.first(x)))


net = Net()
train_loader = DataLoader(regression(10), batch_size=32, shuffle=True)
criterion = nn.MSELoss()
optimizer = optim.SGD(params=net.parameters(), lr=0.01)
writer = tb.SummaryWriter("log")
for epoch in range(10):
    for i, (inputs, labels) in enumerate(train_loader):
        optimizer.zero_grad()
        loss = criterion(net(inputs), labels)
        loss.backward()
        optimizer.step()
        writer.add_scalar("Loss", loss.item(), i)
        writer.flush()
torch.save(net.state_dict(), "model.pth")
