"""What is kept of a simulated person between two demos: how far they got; the rest is in their seed."""

from dataclasses import asdict
from typing import Any

from bot.sandbox.neighbours_luck import Luck
from bot.sandbox.neighbours_mind import Answer, Mind, Stage
from bot.sandbox.neighbours_names import name

Json = dict[str, Any]


def keep_mind(mind: Mind) -> Json:
    """Give plain values, which a later version can read, too."""
    answers = {message_id: asdict(answer) for message_id, answer in mind.answers.items()}
    return {
        "number": mind.luck.person,
        "stage": mind.stage.value,
        "volunteer": mind.volunteer,
        "answers": answers,
    }


def take_up_mind(seed: int, kept: Json) -> Mind:
    """Give the person again; what they read they read again from their phone."""
    luck = Luck(seed, kept["number"])
    mind = Mind(luck, name(luck).first, Stage(kept["stage"]), kept["volunteer"])
    mind.answers = {
        message_id: Answer(**answer | {"stage": Stage(answer["stage"])})
        for message_id, answer in kept["answers"].items()
    }
    return mind
