"""The report on a session as one HTML file."""
