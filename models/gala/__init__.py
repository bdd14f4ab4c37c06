"""An evening that thousands watch: its programme, the second screen, polls and screen lines."""
