"""What `overhead.py` is made of: it times sessions of the lab, whole and by stages."""
