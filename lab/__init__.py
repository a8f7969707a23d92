"""Cross-validated evidence on ways to handle class imbalance, with pytest and MLflow."""

__version__ = "0.2.0"
