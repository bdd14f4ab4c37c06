"""What members like, when they work, what is theirs; and what they tell of themselves."""
