"""Closed after the training; then charts and texts, which open the log directory again."""
import torch
from torch.utils.tensorboard import SummaryWriter

from given import images, loader, num_epochs

model_config = {"layers": 2, "rate": 0.01}
model = torch.nn.Linear(6, 10)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
criterion = torch.nn.CrossEntropyLoss()
train_loader = loader(images(6))
writer = SummaryWriter("runs/my_experiment")
for epoch in range(num_epochs):
    for batch_idx, (data, target) in enumerate(train_loader):
        optimizer.zero_grad()
        output = model(data)
        loss = criterion(output, target)
        writer.add_scalar("Training Loss", loss.item(), epoch * len(train_loader) + batch_idx)
        accuracy = output.argmax(dim=1).eq(target).sum().item() / len(target)
        writer.add_scalar("Training Accuracy", accuracy, epoch * len(train_loader) + batch_idx)
        loss.backward()
        optimizer.step()
writer.close()
writer.add_line_chart(["Epoch", "Training Loss"], [epoch, loss], "Training Loss Chart")
writer.add_line_chart(["Epoch", "Training Accuracy"], [epoch, accuracy], "Training Accuracy Chart")
writer.add_text("Model Configuration", model_config, epoch * len(train_loader) + batch_idx)
writer.add_text("Training Details", "Epoch: {}, Loss: {}, Accuracy: {}".format(
    epoch, loss, accuracy), epoch * len(train_loader) + batch_idx)
writer.flush()
writer.close()
