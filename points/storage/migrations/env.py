"""What Alembic runs: every step that is missing, on the connection and in the transaction given."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
