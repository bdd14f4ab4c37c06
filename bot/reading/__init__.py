"""Asks models elsewhere, where the operator named one, what the station itself does not understand.

``reader.ModelReader`` is all that is called from outside. What a model says is only ever a choice
among what was offered; nothing of it is shown, and nothing is done by it.
"""
