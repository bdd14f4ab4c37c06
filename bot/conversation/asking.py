"""A dialog with one member: its script replayed, its answers kept, its form handed on."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from bot.conversation import dialogs, drafts
from bot.conversation.chat import Chat, Later
from bot.conversation.dialogs import Answer, Script, State
from bot.conversation.incoming import Incoming, Picture
from bot.conversation.language import Reader, to_text
from bot.conversation.messages import Action, Reply, Sayable
from models.contests import sounds
from models.events import pictures

Looked = TypeVar("Looked")

Worth = Callable[[Chat, State], bool]
"""Whether something would be lost with a dialog that is left, and can still be gone on with."""

Explain = Callable[[Chat, dialogs.Question], Sayable]
"""Says what an open question is about, and how to leave it."""


class Dialog:
    """A script of questions and what is done with its form.

    With a ``label`` it is kept as a draft when it is left, and gone on with by this button. With
    ``of_oneself`` its answers are the member's own words, among which need may be.
    """

    def __init__(
        self,
        topic: str,
        script: Script,
        label: Sayable = "",
        worth: Worth | None = None,
        *,
        of_oneself: bool = False,
    ) -> None:
        self.topic = topic
        self.of_oneself = of_oneself
        self.label = label
        self._worth = worth
        self.script = script
        self._finish: Callable[..., Reply] | None = None
        self._look: Callable[[Chat, Any], object] | None = None

    def done(self, finish: Callable[[Chat, Any], Reply]) -> Callable[[Chat, Any], Reply]:
        """Declare what happens with the form."""
        self._finish = finish
        return finish

    def done_after(
        self, look: Callable[[Chat, Any], Looked]
    ) -> Callable[[Callable[[Chat, Any, Looked], Reply]], Callable[[Chat, Any, Looked], Reply]]:
        """As ``done``, for what needs a slow read of the form first: see ``routing.Looks``."""
        self._look = look

        def declare(finish: Callable[[Chat, Any, Looked], Reply]) -> Any:
            self._finish = finish
            return finish

        return declare

    def begin(
        self,
        chat: Chat,
        *,
        before: Sayable | None = None,
        answered: Mapping[str, Any] | None = None,
        **start: Any,
    ) -> Reply:
        """Ask the first question that is not ``answered``.

        ``start`` is kept and handed to the script.
        """
        reply = self._step(chat, State(self.topic, start, dict(answered or {})), before=before)
        assert isinstance(reply, Reply), f"dialog {self.topic} asks nothing"
        return reply

    def press(self, chat: Chat, state: State, answer: Answer) -> Reply | Later | None:
        """Take a pressed option; None when it belongs to a question that is not open any more.

        A press that the question does not offer changes nothing: it is asked again.
        """
        run = dialogs.Replay(self.script, state)
        question = run.at
        if not isinstance(question, dialogs.Question) or question.name != answer.name:
            return None
        options = dialogs.options_of(question, chat.session)
        if not dialogs.may_press(question, options, state, answer.value):
            return dialogs.ask(chat, question, options, state, before=dialogs.PICK_ONE)
        if not answer.value:
            value: Any = list(state.picked) if question.many else None
            return self._step(chat, state.answered(question.name, value), run=run)
        if question.many:
            return self._step(chat, state.toggled(answer.value), run=run, edit=True)
        return self._step(chat, state.answered(question.name, answer.value), run=run)

    def takes_words(self, state: State, packed: str) -> bool:
        """Whether words that name a shown option are an answer of their own, not a press.

        Where several can be picked, typing one is the whole answer, and a press only begins it.
        """
        action = Action.unpack(packed)
        question = dialogs.replay(self.script, state)
        return (
            isinstance(question, dialogs.Question)
            and question.many
            and isinstance(action, Answer)
            and bool(action.value)
        )

    def hear(
        self,
        chat: Chat,
        state: State,
        text: str,
        reader: Reader,
        *,
        instead: Callable[[bool], Reply | Later | None],
    ) -> Reply | Later:
        """Take an answer in words.

        Words that are none may mean something else: that is done ``instead`` where nothing that was
        told before would be lost. It is told whether they can be an answer after all.
        """
        run = dialogs.Replay(self.script, state)
        question = run.at
        if not isinstance(question, dialogs.Question):
            return self._step(chat, state, run=run)
        if not question.many_lines:
            text = " ".join(text.split())
        if (
            question.skip is not None
            and text.casefold() == to_text(question.skip, reader).casefold()
        ):
            skipped = state.answered(question.name, [] if question.many else None)
            return self._step(chat, skipped, run=run)
        options = dialogs.options_of(question, chat.session)
        labels = [to_text(option.label, reader) for option in options]
        said = dialogs.read_words(
            question,
            options,
            labels,
            text,
            chat.session,
            state.picked,
            now=chat.now,
            zone=chat.care.zone,
        )
        match said:
            case dialogs.Taken(value):
                return self._step(chat, state.answered(question.name, value), run=run)
            case dialogs.Unclear(why, among):
                has_told = state.answers or state.picked or set(state.start) - {"next"}
                is_elsewhere = dialogs.is_elsewhere(question, labels, text)
                is_kept = is_elsewhere and self.label and self.is_worth(chat, state)
                may_leave = not among and (not has_told or is_kept)
                if may_leave and (reply := instead(not is_elsewhere)) is not None:
                    return reply
                if among:
                    state = state.offered(among)
                    drafts.remember(chat, state)
                return dialogs.ask(chat, question, among or options, state, before=why)

    def takes_pictures(self, state: State) -> bool:
        """Whether the open question takes a picture as its answer."""
        question = dialogs.replay(self.script, state)
        return isinstance(question, dialogs.Question) and question.pictures

    def see(
        self, chat: Chat, state: State, picture: Picture | None, text: str
    ) -> Reply | Later | None:
        """Take a picture as the answer; None where none is asked for.

        Of what could not be fetched, or is no picture at all, it says so and asks again.
        """
        run = dialogs.Replay(self.script, state)
        question = run.at
        if not isinstance(question, dialogs.Question) or not question.pictures:
            return None
        if picture is None:
            options = dialogs.options_of(question, chat.session)
            return dialogs.ask(chat, question, options, state, before=dialogs.NO_PICTURE)
        if pictures.has_enough(chat.session, chat.member.id, chat.now):
            options = dialogs.options_of(question, chat.session)
            return dialogs.ask(chat, question, options, state, before=dialogs.ENOUGH_PICTURES)
        number = pictures.keep(
            chat.session,
            picture.content,
            picture.media_type,
            chat.member.id,
            chat.now,
            is_private=question.private,
        )
        seen = {
            "picture": number,
            "name": "" if question.private else pictures.name(chat.session, number),
            "text": text,
        }
        return self._step(chat, state.answered(question.name, seen), run=run)

    def takes_sounds(self, state: State) -> bool:
        """Whether the open question takes a voice message as its answer."""
        question = dialogs.replay(self.script, state)
        return isinstance(question, dialogs.Question) and question.sounds

    def listen(self, chat: Chat, state: State, incoming: Incoming) -> Reply | Later | None:
        """Take a sound as the answer; of what is none it says so and asks again."""
        question = dialogs.replay(self.script, state)
        if not isinstance(question, dialogs.Question) or not question.sounds:
            return None
        options = dialogs.options_of(question, chat.session)
        if incoming.recording is None:
            return dialogs.ask(chat, question, options, state, before=dialogs.NO_SOUND)
        if sounds.has_enough(chat.session, chat.member.id, incoming.recording, chat.now):
            return dialogs.ask(chat, question, options, state, before=dialogs.ENOUGH_SOUNDS)
        number = sounds.keep(chat.session, incoming.recording, chat.member.id, chat.now)
        return self._step(chat, state.answered(question.name, {"sound": number, "text": ""}))

    def ask_again(self, chat: Chat, state: State, explain: Explain) -> Reply | None:
        """The open question as it stands, under what explains it."""
        question = dialogs.replay(self.script, state)
        if not isinstance(question, dialogs.Question):
            return None
        options = dialogs.options_of(question, chat.session)
        return dialogs.ask(chat, question, options, state, before=explain(chat, question))

    def is_worth(self, chat: Chat, state: State) -> bool:
        """Whether something would be lost with it, and can still be gone on with."""
        if self._worth is not None:
            return self._worth(chat, state)
        return bool(state.answers or state.picked)

    def resume(self, chat: Chat, state: State) -> Reply | None:
        """Open it again where it was left; None where it asks nothing any more."""
        question = dialogs.replay(self.script, state)
        if not isinstance(question, dialogs.Question):
            return None
        drafts.remember(chat, state)
        return dialogs.ask(chat, question, dialogs.options_of(question, chat.session), state)

    def _step(
        self,
        chat: Chat,
        state: State,
        *,
        run: dialogs.Replay | None = None,
        before: Sayable | None = None,
        edit: bool = False,
    ) -> Reply | Later:
        """Ask what comes next, or end; a ``run`` has read the answers before the newest already."""
        run = run or dialogs.Replay(self.script, state)
        match run.go_on(state.answers):
            case dialogs.Finished(form):
                assert self._finish is not None, f"dialog {self.topic} does nothing with its form"
                return chat.call(self._finish, form, self._look, partial(self._close, chat))
            case dialogs.Question() as question:
                drafts.remember(chat, state)
                options = dialogs.options_of(question, chat.session)
                return dialogs.ask(chat, question, options, state, before=before, edit=edit)

    def _close(self, chat: Chat) -> None:
        drafts.remember(chat, None)
