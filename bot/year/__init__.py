"""A year of a partnership's life, through the real mailroom, outbox and database."""
