"""The desk, asked by a browser over real HTTP, on both stores."""
