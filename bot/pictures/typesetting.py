"""Sets a template of this folder with typst: data go in as JSON only, and only our own fonts are used."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import typst

TEMPLATES = Path(__file__).parent
FONTS = "manimgx_fonts_cjk"  # carries Noto Sans CJK: Chinese and English look the same on every machine
PIXELS_PER_INCH = 216  # a template's point (1/72 inch) becomes three pixels

_turn = Lock()  # one compiler at a time: each keeps its fonts and what it set last


def typeset(template: str, data: Mapping[str, Any], kind: Literal["png", "pdf"]) -> bytes:
    """Set the template with the data it finds in `sys.inputs.data`; the first call loads the fonts."""
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    with _turn:
        made = _compiler(template).compile(format=kind, ppi=PIXELS_PER_INCH, sys_inputs=inputs)
    if not isinstance(made, bytes):
        raise TypeError(f"{template} did not become one {kind} file")
    return made


@cache
def _compiler(template: str) -> "typst.Compiler":
    import typst  # noqa: PLC0415 (heavy: fonts and compiler are for whoever draws)

    return typst.Compiler(TEMPLATES / template, root=TEMPLATES, font_paths=_fonts())


@cache
def _fonts() -> "typst.Fonts":
    import typst  # noqa: PLC0415 (as above)

    spec = find_spec(FONTS)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return typst.Fonts(include_system_fonts=False, font_paths=[Path(folder) for folder in folders])
