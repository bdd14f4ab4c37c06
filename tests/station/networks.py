"""A network as a file, small enough to read."""

NETWORK = """
[[stations]]
code = "nanhai"
kind = "district"
name = "南海区"

[[stations]]
code = "guicheng"
kind = "town"
parent = "nanhai"
name = "桂城"

[[members]]
name = "李伟"
station = "guicheng"
staff_number = "0317"

[[members]]
name = "=王芳"
station = "guicheng"
"""
