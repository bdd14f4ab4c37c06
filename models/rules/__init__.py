"""Pure functions: no store, no network, no clock."""
