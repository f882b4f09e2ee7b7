"""Checking a statement without any books: each entry leads to its seal, and the seals to a published root."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from points.proofs import BadProof, Header, canonical, leaf_hash, root_by_path, short_root

Digits = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Whole = Annotated[int, Field(ge=0, lt=2**63)]
Transfer = dict[str, str | int]


class WrongStatement(ValueError):
    """A statement that does not hold; the text is the whole sentence."""


class _Read(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Seal(_Read):
    id: Whole
    kind: Literal["hour", "month"]
    month: str | None = None
    above: Whole
    upto: Whole
    size: Whole
    root: Digits
    previous: Digits
    at: str


class _Entry(_Read):
    transfer: Transfer
    seal: Whole
    index: Whole
    path: list[Digits]


class _Statement(_Read):
    kind: Literal["linli statement"]
    version: Literal[1]
    how: str
    made: str
    account: Whole
    month: str | None
    root: Digits | None
    root_month: str | None
    entries: list[_Entry]
    unsealed: list[Transfer]
    seals: list[_Seal]


@dataclass(frozen=True)
class Checked:
    """What held: `proven` entries lead to the published root, and `came` and `went` are theirs alone.

    Nothing vouches for the others but who made the file: `newer` ones below seals after the root, `unsealed`
    ones, and what they say came and went.
    """

    account: int
    proven: int
    newer: int
    unsealed: int
    came: int
    went: int
    unproven_came: int
    unproven_went: int
    root: str | None
    root_month: str | None


def check_statement(text: bytes, *, root: str | None = None) -> Checked:
    """Check a statement's file; with a root that was published, or its first digits, against that one.

    Raises:
        WrongStatement: what is wrong with it, and with which entry.
    """
    read = _read(text)
    chain = [Header(**seal.model_dump()) for seal in read.seals]
    _check_chain(chain)
    end = _ending(chain, read.root if root is None else root, newest=root is None)
    _check_numbers([*(entry.transfer for entry in read.entries), *read.unsealed], read.account)
    for entry in read.entries:
        _check_entry(entry, read.account, chain)
    for transfer in read.unsealed:
        if chain and int(transfer["id"]) <= chain[-1].upto:
            raise WrongStatement(
                f"{_name(transfer, read.account)} is old enough to be sealed, but has no proof."
            )
    proven = [entry.transfer for entry in read.entries if end is not None and entry.seal <= end.id]
    newer = [entry.transfer for entry in read.entries if end is None or entry.seal > end.id]
    came, went = _sums(proven, read.account)
    unproven_came, unproven_went = _sums([*newer, *read.unsealed], read.account)
    return Checked(
        account=read.account,
        proven=len(proven),
        newer=len(newer),
        unsealed=len(read.unsealed),
        came=came,
        went=went,
        unproven_came=unproven_came,
        unproven_went=unproven_went,
        root=None if end is None else end.hash,
        root_month=None if end is None else end.month,
    )


def _read(text: bytes) -> _Statement:
    try:
        said = json.loads(text)
        json.dumps(said, ensure_ascii=False).encode()  # half a character, which JSON can say, has no bytes
        return _Statement.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise WrongStatement(f"This is no statement of Linli: {where}: {first['msg']}.") from None
    except (ValueError, RecursionError):
        raise WrongStatement("This is no statement of Linli: it is not readable as JSON.") from None


def _check_chain(chain: Sequence[Header]) -> None:
    for before, header in pairwise(chain):
        fits = (header.id, header.above, header.previous) == (before.id + 1, before.upto, before.hash)
        if not fits:
            raise WrongStatement(
                f"Seal {header.id} does not follow from seal {before.id}: the chain was cut or changed there."
            )


def _ending(chain: Sequence[Header], root: str | None, *, newest: bool) -> Header | None:
    """Find the seal that bears the published root."""
    months = [header for header in chain if header.kind == "month"]
    if root is None and not months:
        return None
    end = next((header for header in months if root is not None and header.hash.startswith(root)), None)
    if end is None or (newest and end is not months[-1]):
        named = "the newest month" if root is None or end is not None else f"the root {short_root(root)}"
        raise WrongStatement(
            f"The chain of seals does not end with {named}: it was cut short, or belongs to other books."
        )
    return end


def _check_numbers(transfers: Sequence[Transfer], account: int) -> None:
    """See that each entry is one of the account, and there once."""
    seen: set[object] = set()
    for transfer in transfers:
        facts = [transfer.get(name) for name in ("id", "debit", "credit", "amount")]
        if not all(isinstance(fact, int) and fact > 0 for fact in facts) or account not in facts[1:3]:
            raise WrongStatement(f"Entry {facts[0]} is no entry of account {account}.")
        if facts[0] in seen:
            raise WrongStatement(f"{_name(transfer, account)} is there twice.")
        seen.add(facts[0])


def _sums(transfers: Sequence[Transfer], account: int) -> tuple[int, int]:
    """Add up what came to the account and what went from it."""
    moved = [_moved(transfer, account) for transfer in transfers]
    return sum(amount for amount in moved if amount > 0), -sum(amount for amount in moved if amount < 0)


def _check_entry(entry: _Entry, account: int, chain: Sequence[Header]) -> None:
    name = _name(entry.transfer, account)
    place = entry.seal - chain[0].id if chain else -1
    if not 0 <= place < len(chain):
        raise WrongStatement(f"{name}: its seal {entry.seal} is not in the chain, which was cut short.")
    header = chain[place]
    path = [bytes.fromhex(beside) for beside in entry.path]
    leaf = leaf_hash(canonical(entry.transfer))
    try:
        found = root_by_path(leaf, index=entry.index, size=header.size, path=path).hex()
    except BadProof:
        found = ""
    if found != header.root:
        raise WrongStatement(f"{name} is not what seal {header.id} covers: it, or its proof, was changed.")


def _name(transfer: Transfer, account: int) -> str:
    """Name an entry by what is found in the spreadsheet too: its number, its points and its day."""
    return f"Entry {transfer['id']} ({_moved(transfer, account):+d}, {str(transfer.get('at'))[:10]})"


def _moved(transfer: Transfer, account: int) -> int:
    amount = int(transfer["amount"])
    return amount if transfer["credit"] == account else -amount
