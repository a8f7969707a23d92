"""Loads the lab's plugin, which has the options, hooks and fixtures of the benchmarks."""

pytest_plugins = ["lab.plugin"]
