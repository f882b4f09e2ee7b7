"""What one simulated person does about what they read; no clock and no network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.sandbox.neighbours_luck import Luck
from bot.sandbox.neighbours_notes import Note, Press

NAVIGATION = ("➖", "⬅", "❓", "◀", "▶", "❌")
WALKS = (5, 10, 20, 30)

BLOCKS, SILENT, CANNOT, LATER = 0.02, 0.20, 0.32, 0.44  # cumulative shares of those asked; the others come
DECLINES = 0.02
VOLUNTEERS = 0.75
TYPES_A_NAME = 0.15
MAKES_IT_AFTER_ALL = 0.4
TURNS_BACK = 0.05
STAYS_TO_THE_END = 0.35
MINUTE = 60.0
# Minutes on the spot of those who leave before the stand-down: most some time, a few for hours.
SERVES_LEAST, SERVES_MEAN, SERVES_MOST = 10, 70, 240


class Stage(StrEnum):
    NEW = "new"
    AGREED = "agreed"
    DECLINED = "declined"
    CHOSEN = "chosen"
    JOINED = "joined"
    ASKED = "asked"
    SILENT = "silent"
    BLOCKED = "blocked"
    LATER = "later"
    CANNOT = "cannot"
    COMING = "coming"
    WALKING = "walking"
    ARRIVED = "arrived"
    DONE = "done"
    RELEASED = "released"


# Where a stand-down leaves people: who was still awaited is let go, who is there is done.
AT_STAND_DOWN = {
    Stage.ASKED: Stage.SILENT,
    Stage.LATER: Stage.RELEASED,
    Stage.COMING: Stage.RELEASED,
    Stage.WALKING: Stage.RELEASED,
    Stage.ARRIVED: Stage.DONE,
}


@dataclass(frozen=True)
class Step:
    """Something to do after some seconds of the neighbourhood's time: tap, say, or else block the bot."""

    after: float
    then: Stage
    message_id: int
    press: Press | None = None
    words: str | None = None


@dataclass
class Answer:
    """How far a person got with one call-out, and the message that told them of its end."""

    number: int
    stage: Stage = Stage.ASKED
    busy: bool = False
    ended_by: int | None = None

    def __str__(self) -> str:
        return f"call-out {self.number}"

    def end(self, message_id: int) -> None:
        self.ended_by = message_id
        self.stage = AT_STAND_DOWN.get(self.stage, self.stage)


@dataclass
class Mind:
    luck: Luck
    name: str
    stage: Stage = Stage.NEW
    volunteer: bool = False
    answers: dict[int, Answer] = field(default_factory=dict)
    _notes: dict[int, Note] = field(default_factory=dict)
    _met: set[tuple[int, tuple[Press, ...]]] = field(default_factory=set)

    def read(self, note: Note) -> Step | None:
        """Look at a new or changed message and say what the person means to do about it."""
        self._notes[note.message_id] = note
        if note.message_id not in self.answers and note.has("✅", "🕒", "❌"):
            self.answers[note.message_id] = Answer(number=len(self.answers))
        self._notice_end(note)
        answer = self._answer(note)
        if answer is not None:
            return self._go_on(answer, note)
        self._notice_joined()
        return self._join(note)

    def resume(self, notes: Sequence[Note]) -> list[Step]:
        """Pick up the thread after a pause: read everything again and mean to do what the newest allows."""
        for answer in self.answers.values():
            answer.busy = False
        asking = [(note.message_id, note.presses) for note in notes if note.presses]
        self._met = set(asking[:-1])
        return [step for note in notes if (step := self.read(note)) is not None]

    def possible(self, step: Step) -> bool:
        """Say whether the button is still there and worth a tap: things change while a person walks."""
        note = self._notes[step.message_id]
        answer = self._answer(note)
        if answer is not None and answer.ended_by is not None:
            return False
        return step.press is None or any(press.data == step.press.data for press in note.presses)

    def did(self, step: Step) -> Step | None:
        """Remember what was done; the same message may already offer the next thing."""
        note = self._notes[step.message_id]
        answer = self._answer(note)
        if answer is None:
            self.stage = step.then
            self._notice_joined()
            return None
        answer.busy = False
        if answer.ended_by is None:
            answer.stage = step.then
        return self._go_on(answer, note)

    def missed(self, step: Step) -> Step | None:
        """Forget an intention that came too late, and look again at what the message offers now."""
        note = self._notes[step.message_id]
        answer = self._answer(note)
        if answer is None:
            return None
        answer.busy = False
        return self._go_on(answer, note)

    def standing(self) -> Stage:
        """Say where the person is: in the newest call-out, or else in joining."""
        return list(self.answers.values())[-1].stage if self.answers else self.stage

    def _notice_end(self, note: Note) -> None:
        """Match a stand-down with the call-out it means, the newest in doubt; read again it ends no other."""
        if note.message_id in self.answers or any(
            answer.ended_by == note.message_id for answer in self.answers.values()
        ):
            return
        calls = [
            self._notes[message_id] for message_id, answer in self.answers.items() if answer.ended_by is None
        ]
        meant = [call for call in calls if note.ends(call)]
        meant = [call for call in meant if note.ends_just(call)] or meant
        if meant:
            self.answers[meant[-1].message_id].end(note.message_id)

    def _notice_joined(self) -> None:
        """Count as joined only when the bot has taken the question about teams away."""
        if self.stage is Stage.CHOSEN and not any(note.has("➖") for note in self._notes.values()):
            self.stage = Stage.JOINED

    def _answer(self, note: Note) -> Answer | None:
        own = self.answers.get(note.message_id)
        if own is None and self.answers and any(note.press(emoji) for emoji in ("🚶", "📍", "🏁")):
            return list(self.answers.values())[-1]
        return own

    def _go_on(self, answer: Answer, note: Note) -> Step | None:
        plan = AFTER.get(answer.stage)
        if plan is None or answer.busy:
            return None
        step = plan(self, answer, note)
        answer.busy = step is not None
        return step

    def _reply(self, answer: Answer, note: Note) -> Step | None:
        mood = self.luck.share(f"{answer} mood")
        after = self.luck.wait(f"{answer} reads", least=4, mean=50)
        if mood < BLOCKS:
            return Step(after, Stage.BLOCKED, note.message_id)
        if mood < SILENT:
            answer.stage = Stage.SILENT
            return None
        emoji, then = "✅", Stage.COMING
        if mood < LATER:
            emoji, then = ("❌", Stage.CANNOT) if mood < CANNOT else ("🕒", Stage.LATER)
        press = note.press(emoji)
        return Step(after, then, note.message_id, press=press) if press else None

    def _walk(self, answer: Answer, note: Note) -> Step | None:
        minutes = self._minutes(answer)
        press = note.press(f"🚶 {minutes}") or note.press(f"🚶{minutes}") or note.press("🚶")
        if press is None:
            return None
        after = self.luck.between(f"{answer} sets off", 2, 8)
        return Step(after, Stage.WALKING, note.message_id, press=press)

    def _arrive(self, answer: Answer, note: Note) -> Step | None:
        question = f"{answer} way"
        whole = self._minutes(answer) * MINUTE * self.luck.between(f"{question} takes", 0.7, 1.3)
        back = note.press("❌")
        if back is not None and self.luck.share(question) < TURNS_BACK:
            return Step(whole / 2, Stage.CANNOT, note.message_id, press=back)
        press = note.press("📍")
        return Step(whole, Stage.ARRIVED, note.message_id, press=press) if press else None

    def _finish(self, answer: Answer, note: Note) -> Step | None:
        question, press = f"{answer} finish", note.press("🏁")
        if press is None or self.luck.share(question) < STAYS_TO_THE_END:
            return None
        minutes = self.luck.wait(f"{question} works", least=SERVES_LEAST, mean=SERVES_MEAN)
        return Step(min(minutes, SERVES_MOST) * MINUTE, Stage.DONE, note.message_id, press=press)

    def _after_all(self, answer: Answer, note: Note) -> Step | None:
        question, press = f"{answer} after all", note.press("✅")
        if press is None or self.luck.share(question) >= MAKES_IT_AFTER_ALL:
            return None
        after = self.luck.between(f"{question} when", 15, 40) * MINUTE
        return Step(after, Stage.COMING, note.message_id, press=press)

    def _minutes(self, answer: Answer) -> int:
        return self.luck.one_of(f"{answer} minutes", WALKS)

    def _join(self, note: Note) -> Step | None:
        seen = (note.message_id, note.presses)
        if self.stage not in {Stage.NEW, Stage.AGREED} or not note.presses or seen in self._met:
            return None
        self._met.add(seen)
        if note.has("👤", "🏠"):  # their card: the last tap was theirs, though the demo was killed over it
            self.stage = Stage.JOINED
            return None
        if note.has("➖"):
            return self._choose_team(note)
        if note.has("👤"):
            return self._say_name(note)
        if note.has("🏠"):
            homes = [press for press in note.presses if press.leads("🏠")]
            press = self.luck.one_of(f"home {len(self._met)}", homes)
            return self._joining(note, Stage.AGREED, press=press)
        return self._agree(note) if note.has("✅", "❌") else None

    def _agree(self, note: Note) -> Step:
        if self.luck.share("agrees") < DECLINES:
            return self._joining(note, Stage.DECLINED, press=note.press("❌"))
        return self._joining(note, Stage.AGREED, press=note.press("✅"))

    def _say_name(self, note: Note) -> Step:
        if self.luck.share("types a name") < TYPES_A_NAME:
            return self._joining(note, Stage.AGREED, words=self.name)
        return self._joining(note, Stage.AGREED, press=note.press("👤"))

    def _choose_team(self, note: Note) -> Step:
        teams = [press for press in note.presses if not any(press.leads(emoji) for emoji in NAVIGATION)]
        self.volunteer = bool(teams) and self.luck.share("volunteers") < VOLUNTEERS
        press = self.luck.one_of("team", teams) if self.volunteer else note.press("➖")
        return self._joining(note, Stage.CHOSEN, press=press)

    def _joining(
        self, note: Note, then: Stage, *, press: Press | None = None, words: str | None = None
    ) -> Step:
        after = self.luck.between(f"reads {len(self._met)}", 2, 12)
        return Step(after, then, note.message_id, press=press, words=words)


AFTER: dict[Stage, Callable[[Mind, Answer, Note], Step | None]] = {
    Stage.ASKED: Mind._reply,
    Stage.COMING: Mind._walk,
    Stage.WALKING: Mind._arrive,
    Stage.ARRIVED: Mind._finish,
    Stage.LATER: Mind._after_all,
}
