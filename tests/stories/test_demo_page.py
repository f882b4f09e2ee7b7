"""`linli demo` as a stranger meets it: the page in a real Chromium, a call-out gone through by taps alone."""

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, async_playwright, expect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PATIENCE = 60_000
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(300),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed here: the demo was not looked at"),
]


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[str]:
    """Run the demo as the command does, without neighbours; give the address it prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--port", "0", "--people", "0"),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
    yield line.partition("Open ")[2].partition(" ")[0]
    process.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(process.wait(), 60) == 0


async def test_a_stranger_calls_out_on_one_phone_and_answers_on_the_other(demo: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = await browser.new_page(viewport={"width": 1280, "height": 860}, locale="en-GB")
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: pytest.fail(f"the page broke: {error}"))
        await page.goto(demo)
        presets = page.locator("#presets")
        await presets.get_by_role("button", name="Resident · Building 4").click()
        tom = page.get_by_role("article", name="Phone of Tom")
        await taps(tom, "✅ I agree", "👤 Tom", "🧭 Community core")
        await hears(tom, "Welcome, neighbour!")
        await presets.get_by_role("button", name="Coordinator 林静", exact=True).click()
        lin = page.get_by_role("article", name="Phone of 林静")
        await taps(lin, "✅ 同意加入", "👤 林静", "❓", "➖")
        await lin.get_by_label("Message", exact=True).fill("/callout 内涝 3号楼地下室进水")
        await page.keyboard.press("Enter")
        await taps(lin, "🚨")
        await hears(tom, "3号楼地下室进水")
        await taps(tom, "✅ On my way", "🚶 5", "📍")
        await hears(lin, "在场：Tom")
        await taps(tom, "🏁 I am done")
        await hears(tom, "+20 points")
        await hears(lin, "🏁 已完成 1")
        await browser.close()


async def taps(phone: Locator, *labels: str) -> None:
    """Tap one button after another, each as soon as the bot offers it."""
    for label in labels:
        await phone.get_by_role("button", name=label).last.click()


async def hears(phone: Locator, words: str) -> None:
    await expect(phone.get_by_text(words).last).to_be_visible(timeout=PATIENCE)
