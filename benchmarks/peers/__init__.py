"""The same sign-up as two other frameworks' documentation would have it written."""
