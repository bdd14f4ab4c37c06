"""Programs that are told of what happens: hooks, who is told what, and what became of it.

``keeping`` makes and ends hooks, ``spreading`` turns notes into deliveries, ``delivering`` hands
them out to be sent and takes in what was answered.
"""
