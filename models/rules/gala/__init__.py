"""What may be shown on the second screen, and when a stream's link has to leave."""
