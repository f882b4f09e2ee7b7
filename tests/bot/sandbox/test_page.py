"""The page's own addresses: what it serves, what it refuses, and that it loads nothing from outside."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bot.sandbox import Sandbox, page, serve
from bot.sandbox.page import Door, Preset, Rehearsal, Street, routes

STATIC = Path(page.__file__).parent / "static"
OFFERS = Rehearsal(
    posters=(Door({"zh": "3号楼", "en": "Building 3"}, "a_b3"),),
    presets=(Preset("Merchant", "Rosa", "en", "i_AAAA"),),
)


@pytest.fixture
async def browser() -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serve(Sandbox(extra_routes=routes(OFFERS))) as address,
        httpx.AsyncClient(base_url=address, timeout=60) as client,
    ):
        yield client
        await client.delete("/room/neighbours")


async def test_the_page_says_in_both_languages_that_it_is_a_rehearsal_room(
    browser: httpx.AsyncClient,
) -> None:
    shown = (await browser.get("/", headers={"Accept-Language": "zh-CN"})).text
    assert 'lang="zh-Hans"' in shown
    assert "没有任何内容离开这台电脑" in shown
    assert "nothing leaves this computer" in shown


async def test_the_page_loads_its_own_files_only(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    linked = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    assert len(linked) > 3
    for address in linked:
        assert address.startswith("/room/static/")
        assert (await browser.get(address)).status_code == 200


async def test_offers_reach_the_page_with_their_names(browser: httpx.AsyncClient) -> None:
    offers = (await browser.get("/room/offers")).json()
    assert offers["posters"] == [{"label": {"zh": "3号楼", "en": "Building 3"}, "payload": "a_b3"}]
    assert offers["presets"][0]["name"] == "Rosa"


@pytest.mark.parametrize("body", [{}, {"size": 0}, {"size": -3}, {"size": True}, {"size": "60"}, [1]])
async def test_a_wrong_number_of_neighbours_is_refused(browser: httpx.AsyncClient, body: object) -> None:
    answer = await browser.post("/room/neighbours", json=body)
    assert answer.status_code == 400
    assert "whole number of people" in answer.json()["error"]


async def test_too_many_neighbours_are_refused_and_nobody_moves_in(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/room/neighbours", json={"size": 2_001})
    assert (answer.status_code, "At most 2000" in answer.json()["error"]) == (400, True)
    assert (await browser.get("/room/neighbours")).json() == {"running": False}


async def test_a_form_of_a_foreign_page_moves_nobody_in(browser: httpx.AsyncClient) -> None:
    answer = await browser.post(
        "/room/neighbours", content='{"size": 5}', headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 400


async def test_neighbours_move_in_more_may_follow_and_all_can_stop(browser: httpx.AsyncClient) -> None:
    first = await browser.post("/room/neighbours", json={"size": 2})
    assert (first.status_code, first.json()["running"]) == (202, True)
    assert (await browser.post("/room/neighbours", json={"size": 3})).json()["size"] == 5
    while (await browser.get("/room/neighbours")).json()["moved_in"] < 3:
        await browser.get("/sim/events", params={"after": 10**9, "wait": 0.05})
    people = (await browser.get("/room/neighbours/people")).json()["people"]
    assert set(people) <= {one["id"] for one in (await browser.get("/sim/people")).json()["people"]}
    assert (await browser.delete("/room/neighbours")).json()["running"] is False
    again = await browser.put("/room/neighbours")
    assert (again.status_code, again.json()["running"], again.json()["size"]) == (202, True, 5)
    assert (await browser.delete("/room/neighbours")).json()["running"] is False


async def test_a_stopped_street_lives_on_with_everybody_who_was_there() -> None:
    async with serve(Sandbox()) as address:
        street = Street(page.neighbours_from(OFFERS))
        street.move_in(address, 1)
        await asyncio.sleep(0)
        await street.stop()
        street.move_in(address, 4)
        assert street.facts()["size"] == 5
        await street.stop()


def test_every_word_of_the_page_exists_in_both_languages_and_is_used() -> None:
    words = (STATIC / "words.js").read_text(encoding="utf-8")
    table = words[words.index("const WORDS") : words.index("};")]
    known = dict(re.findall(r"^  (\w+): (\[.+?\]),$", table, re.MULTILINE | re.DOTALL))
    files = [*STATIC.glob("*.js"), STATIC.parent / "templates" / "room.html"]
    rest = "".join(file.read_text(encoding="utf-8") for file in files if file.name != "words.js")
    used = set(re.findall(r'say\((?:wanted \? )?"(\w+)"', rest))
    used |= set(re.findall(r'data-(?:word|placeholder)="(\w+)"', rest))
    assert used <= known.keys()
    for key, pair in known.items():
        english, chinese = re.findall(r'"([^"]*)"', pair)
        assert re.search(r"[\u4e00-\u9fff]", chinese), key
        assert set(re.findall(r"\{\w+\}", english)) == set(re.findall(r"\{\w+\}", chinese)), key
        assert key in used or re.search(rf'"{key.removeprefix("f_")}"', rest), f"{key} is never shown"
