"""Admission, queue, reminder times, codes and pictures of events; each module stands alone."""
