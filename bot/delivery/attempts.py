"""One attempt at one delivery: wait for the turn, send, and say how it ended."""

from telegram import Bot
from telegram.error import TelegramError

from bot.clock import Clock
from bot.delivery.claims import Claim
from bot.delivery.contents import BeingUploaded, Contents
from bot.delivery.hand import Hand, Line
from bot.delivery.models import State
from bot.delivery.outcomes import leaves_doubt, understand
from bot.delivery.pace import NoTurn, Pace
from bot.delivery.posting import post
from bot.delivery.results import HANDED_BACK, TOO_LATE, Outcome
from bot.delivery.transport import Intercepted, NeverLeft

TURN_PATIENCE = 2.0  # longer in the hand, and a withdrawal would come too late for it


class Attempts:
    """Tries what was claimed. It ends each attempt in an outcome; only a refused token is an error."""

    def __init__(
        self, bot: Bot, pace: Pace, clock: Clock, contents: Contents, hand: Hand, line: Line
    ) -> None:
        self._bot, self._pace, self._clock = bot, pace, clock
        self._contents, self._hand, self._line = contents, hand, line

    async def make(self, claim: Claim) -> Outcome:
        """Send it in its turn.

        Raises:
            TokenRefused: Telegram does not know the token.
        """
        try:
            outcome = await self._send(claim)
        except (BeingUploaded, NoTurn):
            return HANDED_BACK
        except TelegramError as error:
            outcome = self._understand(claim, error)
        if outcome.line:
            self._line.worked()
        return outcome

    async def _send(self, claim: Claim) -> Outcome:
        async with self._contents.of(claim.rendering_id) as content:
            async with self._pace.turn(claim.lane, claim.chat_id, patience=TURN_PATIENCE):
                if claim.expires_at is not None and claim.expires_at <= self._clock.now():
                    return TOO_LATE
                self._hand.departed(claim, self._clock.monotonic())
                posted = await post(self._bot, claim.chat_id, content, loud=claim.loud)
            named = posted.file_id if content.attachment is not None else None
            if named is not None:
                self._contents.name_file(claim.rendering_id, named)
        return Outcome(State.SENT, message_id=posted.message_id, file_id=named)

    def _understand(self, claim: Claim, error: TelegramError) -> Outcome:
        outcome = understand(error, lane=claim.lane, attempts=claim.attempts)
        if outcome.line is not False:
            return outcome
        if isinstance(error, NeverLeft) and not isinstance(error, Intercepted):
            self._line.broke(self._clock.monotonic())
        else:
            self._line.failed(claim.chat_id, self._clock.monotonic())
        if self._line.is_down and not leaves_doubt(error):
            return Outcome(State.QUEUED, reason=outcome.reason, counts=False, line=False)
        return outcome
