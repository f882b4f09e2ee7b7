"""What a photo looks like: the same one saved again is alike, another is not, and nothing breaks it."""

from io import BytesIO

import pytest
from deed_town import picture
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.pictures.likeness import likeness
from points.deeds import alike


def saved(image: Image.Image, kind: str) -> bytes:
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("size", [90, 200, 640])
@pytest.mark.parametrize("quality", [40, 95])
def test_a_smaller_and_rougher_copy_is_alike(size: int, quality: int) -> None:
    assert alike(likeness(picture(1)), likeness(picture(1, size=size, quality=quality)))


def test_a_lighter_copy_and_another_kind_of_file_are_alike() -> None:
    image = Image.open(BytesIO(picture(1)))
    assert alike(
        likeness(picture(1)), likeness(saved(image.point(lambda value: min(255, value + 12)), "PNG"))
    )


def test_other_scenes_are_not() -> None:
    prints = [likeness(picture(seed)) for seed in range(12)]
    assert not [
        (one, other) for one in range(12) for other in range(one) if alike(prints[one], prints[other])
    ]


@pytest.mark.parametrize("colour", ["black", "white", "grey"])
def test_a_picture_of_nothing_is_like_its_own_file_only(colour: str) -> None:
    plain = saved(Image.new("RGB", (64, 64), colour), "PNG")
    assert likeness(plain).startswith("file:")
    assert not alike(likeness(plain), likeness(saved(Image.new("RGB", (65, 64), colour), "PNG")))


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200))
def test_whatever_comes_has_a_likeness(data: bytes) -> None:
    for tried in (data, picture(1)[:-50] + data, picture(1)[:300] + data):
        assert likeness(tried) == likeness(tried)
