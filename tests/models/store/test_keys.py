"""Keys that the station's processes share."""

from models.store import Store, keys


async def test_every_process_finds_the_same_key(store: Store, store_url: str) -> None:
    other = Store(store_url)
    one = await store.write(keys.shared, "files")
    assert len(one) == 32
    assert await other.write(keys.shared, "files") == one
    assert await other.write(keys.shared, "something else") != one
    other.close()
