"""Parts of `overhead.py`, which times sessions of the lab as a whole and by stages."""
