"""What Linli says is complete in each language, is asked for by name, and never speaks of the machine."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from bot.chat.plurals import FORMS, form_of
from bot.chat.texts import LANGUAGES, LOCALE, Fact, Texts, texts
from bot.chat.turn import TOAST_LIMIT

CODE = Path(__file__).parents[3] / "bot"
SAYS = {"rich", "count"}
FORMS_OF = {"zh": 1, "en": 2}
KEYS = sorted(texts("en").sentences)
MACHINE = {
    "zh": re.compile("账户|冻结|交易|批次|实例|审计|队列|数据库|令牌|异常|解除"),
    "en": re.compile(
        r"\b(transactions?|instances?|queues?d?|batch(es)?|ledgers?|databases?|audits?|tokens?|exceptions?"
        r"|callbacks?|payloads?|accounts?|null|errors?)\b",
        re.IGNORECASE,
    ),
}
MANY = "points|minutes|people|days|hours|weeks|deeds|characters|handovers|residents|codes|are|more that come"
OF_MANY = re.compile(
    rf"(?<![\w.,–])1 (({MANY})\b|point\b[^.;:]* (are|come|stay) (back|yours|then|the|with)\b)"
)
LONGEST_LABEL = 10
LABEL = re.compile(r"(^|\.)button(_|\.|$)")


@cache
def trees() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(file.read_text("utf-8")) for file in sorted(CODE.rglob("*.py")))


def nodes() -> Iterator[ast.AST]:
    return (node for tree in trees() for node in ast.walk(tree))


def spoken() -> Iterator[str]:
    """Give each key that is said by name: ``t("…")``, ``turn.t.rich("…")``, ``t.count("…", n)``."""
    for node in nodes():
        if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
            continue
        by = node.func
        if isinstance(by, ast.Attribute) and by.attr in SAYS:
            by = by.value
        if getattr(by, "attr", getattr(by, "id", "")) == "t" and isinstance(node.args[0].value, str):
            yield node.args[0].value


def forms() -> Iterator[tuple[str, str, str]]:
    for language in LANGUAGES:
        for key, sentences in texts(language).sentences.items():
            yield from ((language, key, sentence) for sentence in sentences)


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def counted(sentence: str) -> set[str]:
    """Give the places whose number chooses the words around it."""
    return {name for _, name, forms, _ in Formatter().parse(sentence) if name and forms and FORMS in forms}


def filled(t: Texts, key: str, number: int = 9999) -> str:
    """Give a sentence with something of a likely length in each place."""
    facts: dict[str, Fact] = dict.fromkeys(places(t.sentences[key][0]), "一个名字")
    return t(key, **facts | dict.fromkeys(counted(t.sentences[key][0]), number))


def test_each_language_has_every_sentence_and_no_empty_one() -> None:
    everything = {language: set(texts(language).sentences) for language in LANGUAGES}
    assert everything["zh"] == everything["en"]
    assert not [(language, key) for language, key, sentence in forms() if not sentence.strip()]


def test_every_sentence_that_is_asked_for_exists() -> None:
    asked = set(spoken())
    assert len(asked) > 100
    assert not asked - set(KEYS)


def test_no_sentence_is_there_for_nothing() -> None:
    constants = {node.value for node in nodes() if isinstance(node, ast.Constant)}
    assert not set(KEYS) - constants


def test_places_to_fill_are_the_same_in_both_languages() -> None:
    for key in KEYS:
        found = {
            language: [places(form) for form in texts(language).sentences[key]] for language in LANGUAGES
        }
        assert len({frozenset(one) for each in found.values() for one in each}) == 1, (key, found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_counted_has_as_many_forms_as_the_language(language: str) -> None:
    with (LOCALE / language / "LC_MESSAGES" / "linli.po").open("rb") as file:
        entries = [entry for entry in read_po(file, locale=language) if entry.id]
    for entry in entries:
        many = entry.string if isinstance(entry.string, (tuple, list)) else None
        assert (many is not None) == entry.pluralizable, entry.id
        assert many is None or len(many) == FORMS_OF[language], entry.id


def test_what_is_counted_agrees_with_its_number() -> None:
    assert texts("en").count("count.people", 1) == "1 person"
    assert texts("en").count("count.people", 0) == "0 people"
    assert texts("zh").count("count.people", 3) == "3 人"


def test_the_words_around_a_number_agree_with_it() -> None:
    sentence = "{name}: {n:<b># person</b> comes|<b># people</b> come}, {n:,}"
    t = Texts("en", {"who": (sentence,)})
    assert t("who", name="Li", n=1) == "Li: <b>1 person</b> comes, 1"
    assert t.rich("who", name="<Li>", n=1000) == "&lt;Li&gt;: <b>1000 people</b> come, 1,000"
    assert [t("who", name="", n=n)[:15] for n in (0, -1)] == [": <b>0 people</", ": <b>-1 person<"]
    assert [form_of("pl", n) for n in (1, 3, 5)] == [0, 1, 2]


@pytest.mark.parametrize("key", KEYS)
def test_of_one_nobody_reads_as_of_many(key: str) -> None:
    facts: dict[str, Fact] = dict.fromkeys(places(texts("en").sentences[key][0]), 1)
    said = texts("en")(key, **facts)
    assert not OF_MANY.search(said), said


def test_each_number_that_chooses_words_has_a_form_for_every_number() -> None:
    for language, key, sentence in forms():
        for _, _, spec, _ in Formatter().parse(sentence):
            assert FORMS not in (spec or "") or spec.count(FORMS) == FORMS_OF[language] - 1, key


def test_nobody_reads_a_word_from_the_middle_of_the_machine() -> None:
    assert not [
        (language, key, found.group())
        for language, key, sentence in forms()
        if (found := MACHINE[language].search(re.sub(r"\{\w*\}", "", sentence)))
    ]


@pytest.mark.parametrize("key", [key for key in KEYS if LABEL.search(key)])
def test_a_label_is_a_sign_and_at_most_ten_characters(key: str) -> None:
    for language in LANGUAGES:
        label = texts(language).sentences[key][0]
        sign, _, words = label.partition(" ")
        assert not any(letter.isalnum() for letter in sign), label
        assert places(words) or any(letter.isalpha() for letter in words), f"{label} is an emoji alone"
    words = texts("zh").sentences[key][0].partition(" ")[2]
    assert len(re.sub(r"\{\w*\}", "", words)) <= LONGEST_LABEL


@pytest.mark.parametrize(
    "key", [key for key in KEYS if "toast" in key or key.startswith(("oops.", "refusal."))]
)
def test_what_flashes_up_is_short_and_plain(key: str) -> None:
    for language in LANGUAGES:
        sentence = filled(texts(language), key)
        assert len(sentence) <= TOAST_LIMIT
        assert "<" not in sentence


def test_what_is_shown_as_html_is_html() -> None:
    for _, key, sentence in forms():
        opened = re.findall(r"<(/?)(\w+)>", sentence)
        assert {tag for _, tag in opened} <= {"b", "i", "u", "code"}, key
        assert sum(1 if not closing else -1 for closing, _ in opened) == 0, key
