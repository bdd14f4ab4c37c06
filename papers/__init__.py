"""What is printed or drawn: facts in, PDF or PNG out. Nothing is read, asked or kept here.

``facts`` holds what a poster, a certificate and a list of names say, ``press.draw`` makes the file.
The only package that imports typst; it imports nothing of the station.
"""
