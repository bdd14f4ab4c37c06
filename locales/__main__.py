"""``python -m locales``: bring the catalogues up to date, and list what is not translated."""

import sys

from locales import TRANSLATED, update

missing = [(locale, original) for locale in TRANSLATED for original in update(locale)]
for locale, original in missing:
    sys.stdout.write(f"{locale}: not translated: {original}\n")
sys.exit(1 if missing else 0)
