"""What Alembic runs. The connection comes from storage/schema.py; there is no alembic.ini."""

from alembic import context

from storage.schema import configuration

context.configure(connection=context.config.attributes["connection"], **configuration())
context.run_migrations()
