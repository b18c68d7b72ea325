"""The way out: claim, prepare, pace, send, settle."""
