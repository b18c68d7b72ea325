"""The demonstration: seven weeks in Rochdale, through the real mailroom, outbox and database."""
