"""An evening that thousands watch: its programme, the second screen, polls and screen lines.

``programme`` keeps the running order, ``screens`` the second screen; ``polls`` and ``voting`` ask
the audience, ``lines`` and ``stage`` hear it.
"""
