"""Joining, founding, register numbers and weekly sessions of teams; each module stands alone."""
