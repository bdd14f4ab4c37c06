"""Audiences as values, and the verdict on a trial. Called by announcements."""
