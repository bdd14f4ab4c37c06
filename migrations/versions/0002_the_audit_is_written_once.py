"""The audit is written once: the database refuses to change or delete its rows.

Revision: 0002, after 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = """
CREATE TRIGGER audit_is_not_{done} BEFORE {act} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is written once'); END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION audit_is_written_once() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit is written once'; END $$
"""
POSTGRESQL = """
CREATE TRIGGER audit_is_not_{done} BEFORE {act} ON audit
FOR EACH ROW EXECUTE FUNCTION audit_is_written_once()
"""
ACTS = {"UPDATE": "changed", "DELETE": "deleted"}


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        op.execute(POSTGRESQL_FUNCTION)
    for act, done in ACTS.items():
        op.execute((POSTGRESQL if is_postgresql else SQLITE).format(act=act, done=done))


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for done in ACTS.values():
        on = " ON audit" if is_postgresql else ""
        op.execute(f"DROP TRIGGER audit_is_not_{done}{on}")
    if is_postgresql:
        op.execute("DROP FUNCTION audit_is_written_once()")
