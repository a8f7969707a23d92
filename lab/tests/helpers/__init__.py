"""Helpers that several tests use; none of them is a test."""
