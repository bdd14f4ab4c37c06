"""Keep the texts of rows in further languages besides the one they were written in."""

from collections.abc import Mapping

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from models.rules.languages import Translated

Translations = dict[str, dict[str, str]]
"""By column and language code: ``{"title": {"en": "The lamp works"}}``."""


class Translatable(SQLModel):
    """A row with texts; ``translations`` holds them in other languages by column and code."""

    translations: Translations = Field(default_factory=dict, sa_type=JSON, nullable=False)

    def text_of(self, column: str) -> Translated:
        """Return the text of a column, in every language in which it is stored."""
        return Translated(getattr(self, column), self.translations.get(column, {}))

    def put_text(self, column: str, words: str | Translated) -> None:
        """Write the text of a column, and delete translations of the old one."""
        said = words if isinstance(words, Translated) else Translated(words)
        setattr(self, column, said.text)
        others = {name: kept for name, kept in self.translations.items() if name != column}
        # A new mapping: SQLAlchemy does not notice a change inside the old one.
        self.translations = others | translations_of({column: said})


def translations_of(texts: Mapping[str, Translated]) -> Translations:
    """Return the translations of these columns as a row stores them, without empty ones."""
    found = {
        column: {code: words for code, words in said.translations.items() if words}
        for column, said in texts.items()
    }
    return {column: kept for column, kept in found.items() if kept}
