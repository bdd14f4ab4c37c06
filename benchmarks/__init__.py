"""Measurements compared with other bots; see docs/benchmarks.md."""
