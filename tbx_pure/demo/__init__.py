"""The demo: a small neural network learns to read handwritten digits, and logs how."""
