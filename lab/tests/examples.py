"""A generated dataset that every case is quick on."""

TINY = "synthetic:rows=240,minority=0.15,seed=1"
