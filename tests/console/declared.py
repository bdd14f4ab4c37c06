"""Every page and every act of the desk, as its sections declare them."""

import re

from console.pages import SECTIONS

EVERYTHING = [each for section in SECTIONS for each in section.declared]
PAGES = [each for each in EVERYTHING if each.does is None]
ACTS = [each for each in EVERYTHING if each.does is not None]
PARAMETER = re.compile(r"\{[^}]*\}")
