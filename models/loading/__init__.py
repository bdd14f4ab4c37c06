"""Loading a network from files: sheets are read, cells checked, rows saved by their codes.

``yizhan load`` calls ``network``; everything that saves a name calls ``pinyin.index``.
"""
