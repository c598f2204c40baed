"""A classifier of pictures: its loss as a tensor that needs gradients, and its accuracy."""
import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.tensorboard import SummaryWriter

from given import images, num_epochs

train_loader = torch.utils.data.DataLoader(images(1, 8, 8), batch_size=5, shuffle=True)
writer = SummaryWriter("logs/my_project")
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(model.parameters(), lr=0.01)
for epoch in range(num_epochs):
    for batch_idx, (data, target) in enumerate(train_loader):
        optimizer.zero_grad()
        output = model(data)
        loss = criterion(output, target)
        writer.add_scalar("Training Loss", loss, epoch * len(train_loader) + batch_idx)
        accuracy = output.argmax(dim=1).eq(target).sum().item() / len(target)
        writer.add_scalar("Training Accuracy", accuracy, epoch * len(train_loader) + batch_idx)
        loss.backward()
        optimizer.step()
writer.close()
