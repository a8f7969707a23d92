"""Estimators that no library provides. Each module is imported when its estimator is made."""
