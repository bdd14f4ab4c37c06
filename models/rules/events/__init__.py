"""Admission, queue, reminder times, codes, pictures; each module stands alone."""
