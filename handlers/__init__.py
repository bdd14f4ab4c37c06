"""What the bot can do, one subject a file: words, no rules, no SQL."""
