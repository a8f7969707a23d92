"""Estimators that no library has: each in a module that is imported when one is made."""
