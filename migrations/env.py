"""Alembic's environment script; ``migrations.alembic_config`` passes the connection."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import AutoString, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

from migrations import import_models
from models.store import Words


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Render our column types as SQLAlchemy's own: a revision must not import our classes."""
    if kind == "type" and isinstance(item, AutoString | Words):
        return "sa.String()"
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def is_of_branch(item: Any, name: str | None, kind: str, *_: Any) -> bool:
    """Compare only the tables of a subject with its revisions, and only ours with ours."""
    return kind != "table" or not branch.subject or str(name).startswith(f"{branch.subject}_")


branch = context.config.attributes["branch"]
import_models()

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    render_item=render_item,
    include_object=is_of_branch,
    version_table=branch.version_table,
    # The engine emits BEGIN itself (models.store), so DDL is transactional on SQLite as well.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
