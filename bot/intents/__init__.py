"""What each intent of the outbox says: surveys, leads, managers, reviewers."""
