"""For host libraries that the user has: their objects say what they can do; none is imported."""
