"""An evening that many watch: its running order, polls and quizzes, lines on the screen."""
