"""What each way of handling class imbalance really does, on real data."""

__version__ = "0.1.0"
