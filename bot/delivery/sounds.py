"""Whether a message makes a sound now: decided when it is sent, by the neighbourhood's own clock."""

from datetime import datetime, time, tzinfo

from bot.delivery.models import Sound

WAKES, SLEEPS = time(8), time(22)


def is_heard(sound: Sound, moment: datetime, zone: tzinfo) -> bool:
    """Tell whether it rings: what is for the day does so from 8 to 22 o'clock only."""
    if sound is Sound.DAY:
        return WAKES <= moment.astimezone(zone).time() < SLEEPS
    return sound is Sound.ALWAYS
