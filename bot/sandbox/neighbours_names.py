"""Believable names for simulated people, Chinese and English; any likeness is chance."""

from dataclasses import dataclass

from bot.sandbox.neighbours_luck import Luck

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
GIVEN = (
    "秀英 桂兰 建国 志强 丽华 海燕 文静 浩然 梓涵 雨桐 子轩 思远 晓明 玉梅 国庆 春花 卫东 美玲 永康 淑珍 "
    "俊杰 欣怡 佳琪 宇航 凤霞 德胜 红梅 立新 若曦 一诺 明哲 晨曦 静 勇 磊 芳 敏 涛 娟 鹏 慧 雪 兰 平 刚"
)
ENGLISH = (
    "Amara Ben Chloe Daniel Elif Farid Grace Hugo Ingrid Jamal Kate Leo Maya Noah Olga Priya "
    "Rosa Sam Tara Uma Victor Wendy Yusuf Zoe Anna Tom"
)
LAST = (
    "Okafor Murphy Silva Novak Haddad Brooks Larsen Kumar Rossi Ahmed Walker Petrov Mensah Diaz "
    "Schmidt Cohen Tan Moreau Evans Ito"
)
ENGLISH_SPEAKERS = 0.2


@dataclass(frozen=True)
class Name:
    first: str
    last: str | None
    language: str


def name(luck: Luck) -> Name:
    """Name a person: four in five speak Chinese; Chinese names stand whole in the first name."""
    if luck.share("language") < ENGLISH_SPEAKERS:
        return Name(luck.one_of("first", ENGLISH.split()), luck.one_of("last", LAST.split()), "en")
    return Name(luck.one_of("surname", SURNAMES) + luck.one_of("given", GIVEN.split()), None, "zh-hans")
