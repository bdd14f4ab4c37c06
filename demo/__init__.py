"""The demo network: its files, its pictures, and what its people did."""
