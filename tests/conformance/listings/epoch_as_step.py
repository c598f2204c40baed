"""A loss a batch, its step the epoch; from torch, with torch's loader, Adam and cross-entropy."""
import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import DataLoader
from torch.utils.tensorboard import SummaryWriter

from given import images, num_epochs


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(784, 128), nn.Linear(128, 64)
        self.third = nn.Linear(64, 10)

    def forward(self, x):
        return self.third(torch.relu(self.second(torch.relu(self.first(x)))))


model = Net()
train_loader = DataLoader(images(784), batch_size=6, shuffle=True)
optimizer = optim.Adam(model.parameters(), lr=0.001)
criterion = nn.CrossEntropyLoss()
writer = SummaryWriter("runs/my_experiment")
for epoch in range(num_epochs):
    for inputs, targets in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), targets)
        loss.backward()
        optimizer.step()
        writer.add_scalar("loss", loss.item(), epoch)
writer.close()
