"""``python -m locales``: bring the catalogues up to date, and list what is not translated.

With the folder of an extension's package, ``python -m locales yizhan_lunch``, its catalogues.
"""

import sys
from pathlib import Path

from locales import HOUSE, TRANSLATED, update

house = Path(sys.argv[1]) if len(sys.argv) > 1 else HOUSE
missing = [(locale, original) for locale in TRANSLATED for original in update(locale, house)]
for locale, original in missing:
    sys.stdout.write(f"{locale}: not translated: {original}\n")
sys.exit(1 if missing else 0)
