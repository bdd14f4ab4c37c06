"""Name the jobs that send, equally in every process."""


def sender_of(account: str, shard: int = 0, shards: int = 1) -> str:
    """Return the name of the job that sends for an account, or for a shard, counted from 1."""
    return f"send.{account}" if shards == 1 else f"send.{account}.{shard + 1}"


def senders_of(account: str, shards: int = 1) -> list[str]:
    """Return the names of all jobs that send for an account."""
    return [sender_of(account, shard, shards) for shard in range(shards)]
