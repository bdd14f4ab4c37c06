"""Measurements beside other bots; see docs/benchmarks.md."""
