"""What alembic runs for each of its commands; migrations/__init__.py hands it the connection."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import AutoString, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from migrations import import_models
from models.store import Words


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Write our column types as what they are in the store: a revision outlives our classes."""
    if kind == "type" and isinstance(item, AutoString | Words):
        return "sa.String()"
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


import_models()

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=render_item,
    # The connection begins its transactions itself, so SQLite undoes half a migration, too.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
