"""Who came, by an index."""

from alembic import op

revision = "0060"
down_revision = "0059"


def upgrade() -> None:
    with op.batch_alter_table("signup", schema=None) as batch_op:
        batch_op.drop_index("signup_queue")
        batch_op.create_index(
            "signup_queue", ["event_id", "state", "turn", "member_id"], unique=False
        )
