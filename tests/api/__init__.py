"""Programs that ask the API, over real HTTP and on the real store."""
