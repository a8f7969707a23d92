"""Tests of the tables and lines for a terminal."""
