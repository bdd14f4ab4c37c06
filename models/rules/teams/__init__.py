"""Joining, founding, register numbers and weekly sessions; each stands alone."""
