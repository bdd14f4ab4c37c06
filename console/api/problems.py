"""What a program is told when something cannot be done: problem+json, RFC 9457."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from pydantic import BaseModel, Field, ValidationError
from starlette.responses import Response

from bot.conversation.messages import Sayable

MEDIA_TYPE = "application/problem+json"


class Fault(BaseModel):
    """One thing that is wrong with what was sent."""

    field: str = Field(description="Where: a name, or names and numbers joined by dots.")
    detail: str


class Told(BaseModel):
    """Why a request was not fulfilled. `detail` is a sentence in the language asked for."""

    type: str = Field(
        default="about:blank", description="Always `about:blank`: the status says the kind."
    )
    title: str
    status: int
    detail: str
    errors: list[Fault] = Field(default_factory=list)


class Problem(Exception):
    """Ends a request: nothing of its transaction is kept. ``said`` is put into words at the end."""

    def __init__(
        self,
        status: int,
        said: Sayable,
        field: str = "",
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, field)
        self.status = status
        self.said = said
        self.field = field
        self.faults = faults
        self.headers = headers or {}

    def response(self, detail: str) -> Response:
        """The answer, with ``said`` in words."""
        faults = list(self.faults)
        if self.field:
            faults = [Fault(field=self.field, detail=detail)]
        told = Told(
            title=HTTPStatus(self.status).phrase,
            status=self.status,
            detail=detail,
            errors=faults,
        )
        return Response(
            told.model_dump_json(), self.status, headers=self.headers, media_type=MEDIA_TYPE
        )


def faults_of(refused: ValidationError) -> list[Fault]:
    """What a schema refused, without repeating what was sent."""
    return [
        Fault(field=".".join(str(part) for part in each["loc"]), detail=each["msg"])
        for each in refused.errors(include_url=False, include_context=False, include_input=False)
    ]
