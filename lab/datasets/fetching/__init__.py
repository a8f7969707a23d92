"""Downloading datasets from OpenML and Zenodo, once per machine."""
