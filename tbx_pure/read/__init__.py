"""The way back: files -> records -> events, by the same tables that wrote them."""
