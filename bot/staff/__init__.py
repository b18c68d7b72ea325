"""The conversation with those who work here: leads, managers, reviewers."""
