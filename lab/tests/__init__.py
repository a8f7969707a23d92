"""Tests of the library; each mirrors a module."""
