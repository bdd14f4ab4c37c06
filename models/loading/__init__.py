"""Loading a network from files: read sheets, check cells, save rows by code.

``yizhan load`` calls ``network``; everything that saves a name calls ``pinyin.index``.
"""
