"""Stack files with something wrong in them, made from good ones at random."""

import copy
import json
from collections.abc import Callable, Iterator
from random import Random

_ODD_VALUES: tuple[object, ...] = (
    *(None, True, False, 0, 1, -1, 2, 2.5, -0.0, 2**31, 2**63, 2**64, -(2**63) - 1, 10**400),
    *(1e308, 5e-324, 1e-320, "", "a", "tf", "None", " ", "a" * 70_000, "a/" * 3_000 + "a"),
    *("\x00", "a\x00b", "\n", "a\nb", "..", "a//b", "a\\b", ">", "-", "/", "{i}", "{j}", "_x"),
    *("größe", "\u202e", "\ufeff", "\ud800", "\U0001f600", "1e999", "true", "auto", "dense"),
    *("/device:XYZ:99", "/job:worker/task:7", "/device:CPU:999999999999999999999", "CPU:-1"),
    *([], [None], [0], [-1], [2**40, 2**40], [[]], [True], list(range(3_000)), {}, {"": None}),
    *({"kind": "glorot_uniform", "seed": 2**80}, {"kind": ["x"]}, {"kind": None}, {"kind": "l2"}),
)
# What only text can say: in the place of a value, or of the whole file.
_ODD_TEXTS = (
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e-999", "9" * 5_000, "0x10", "01"),
    *("'a'", "undefined", '"\\ud800"', '"\\ud83d\\ude00"', '"\\u0000"', '"\\x41"', "/* */", ""),
    *("[" * 100_000, "{" * 1_000, '{"a":' * 50_000, "[" * 900 + "]" * 900, "{}}", "[1,]", "1 2"),
)
_ODD_BYTES = (
    *(b"\x00", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xc3\x28", b"\xed\xa0\x80"),
    *(b"\xf5\x80\x80\x80", b"\xc0\x80", b"\r", b"\x1a", b"\x7f", b"\x1b[2J", b'"', b"\\", b"}"),
)
_ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "utf-7", "cp037", "latin-1", "utf-8-sig")


def mutated(random: Random, text: str) -> bytes:
    """Return a good stack file with one to four things done to it."""
    if random.random() < 0.35:
        data = text.encode()
        for _ in range(random.choice([1, 1, 2, 4])):
            data = random.choice(_OF_BYTES)(random, data)
        return data
    document = json.loads(text)
    for _ in range(random.choice([1, 1, 2, 4])):
        document = random.choice(_OF_VALUES)(random, document)
    if random.random() < 0.1:
        return random.choice(_OF_TEXT)(random, json.dumps(document))
    if random.random() < 0.1:
        return json.dumps(document).encode(random.choice(_ENCODINGS), "replace")
    return json.dumps(document, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")


def _flip(random: Random, data: bytes) -> bytes:
    place = random.randrange(len(data) + 1)
    return data[:place] + bytes([random.randrange(256)]) + data[place + 1 :]


def _flip_bit(random: Random, data: bytes) -> bytes:
    place = random.randrange(max(len(data), 1))
    changed = bytes(byte ^ (1 << random.randrange(8)) for byte in data[place : place + 1])
    return data[:place] + changed + data[place + 1 :]


def _cut(random: Random, data: bytes) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _take_out(random: Random, data: bytes) -> bytes:
    start = random.randrange(len(data) + 1)
    return data[:start] + data[start + random.choice([1, 2, 5, 40, 400]) :]


def _repeat_part(random: Random, data: bytes) -> bytes:
    start = random.randrange(len(data) + 1)
    part = data[start : start + random.choice([1, 10, 100, 1_000])]
    return data[:start] + part * random.choice([2, 3, 50]) + data[start:]


def _put_bytes(random: Random, data: bytes) -> bytes:
    place = random.choice([0, len(data), random.randrange(len(data) + 1)])
    return data[:place] + random.choice(_ODD_BYTES) + data[place:]


def _noise(random: Random, data: bytes) -> bytes:
    return random.randbytes(random.randrange(300))


def _put_text(random: Random, text: str) -> bytes:
    """Put what only text can say where a value was."""
    odd = random.choice(_ODD_TEXTS)
    places = [place for place, letter in enumerate(text) if letter in ":["]
    if not places:
        return odd.encode()
    start = random.choice(places) + 1
    ends = [text.find(end, start) for end in ",]}"]
    end = min((found for found in ends if found >= 0), default=len(text))
    return (text[:start] + odd + text[end:]).encode("utf-8", "surrogatepass")


def _with_key_twice(random: Random, text: str) -> bytes:
    place = text.find("{", random.randrange(max(len(text), 1)))
    return (text[: place + 1] + '"kind": "dense", "kind": "input", ' + text[place + 1 :]).encode(
        "utf-8", "surrogatepass"
    )


Holder = dict | list


def _holders(value: object) -> Iterator[Holder]:
    """Yield all objects and lists that have something in them."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict | list) and found:
            yield found
            waiting.extend(found.values() if isinstance(found, dict) else found)


def _somewhere(random: Random, document: object) -> tuple[Holder, object] | None:
    """Return an object or a list of the document, and one of its keys or indices."""
    holders = list(_holders(document))
    if not holders:
        return None
    holder = random.choice(holders)
    return holder, random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))


def _change(act: Callable[[Random, Holder, object], None]) -> Callable[[Random, object], object]:
    """Return what does something at a random place of a document."""

    def do(random: Random, document: object) -> object:
        place = _somewhere(random, document)
        if place is not None:
            act(random, *place)
        return document

    return do


def _put_value(random: Random, holder: Holder, key: object) -> None:
    holder[key] = copy.deepcopy(random.choice(_ODD_VALUES))


def _remove(random: Random, holder: Holder, key: object) -> None:
    del holder[key]


def _double(random: Random, holder: Holder, key: object) -> None:
    if isinstance(holder, list):
        holder.insert(random.randrange(len(holder) + 1), copy.deepcopy(holder[key]))


def _rename_key(random: Random, holder: Holder, key: object) -> None:
    if isinstance(holder, dict):
        other = random.choice([f"{key}s", f" {key}", str(key).upper(), "", "\n", "\ud800", "kind"])
        holder[other] = holder.pop(key)


def _wrap(random: Random, holder: Holder, key: object) -> None:
    value = holder[key]
    for _ in range(random.choice([1, 2, 70, 150])):
        value = [value] if random.random() < 0.5 else {"a": value}
    holder[key] = value


def _swap(random: Random, holder: Holder, key: object) -> None:
    other = random.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
    holder[key], holder[other] = holder[other], holder[key]


def _nudge(random: Random, holder: Holder, key: object) -> None:
    """Change a number a little, or by much, so that most of the file stays good."""
    value = holder[key]
    if isinstance(value, int | float) and not isinstance(value, bool):
        by = random.choice([-1, 1, -value, value, 1_000, 10**6, 2**33, 0.5])
        holder[key] = random.choice([value + by, -value, value * 7])


def _put_from_elsewhere(random: Random, document: object) -> object:
    to, source = _somewhere(random, document), _somewhere(random, document)
    if to is not None and source is not None:
        to[0][to[1]] = copy.deepcopy(source[0][source[1]])
    return document


def _bomb(random: Random, document: object) -> object:
    """Put all nodes into scopes that repeat them again and again, or are nested deep."""
    if isinstance(document, dict) and isinstance(document.get("nodes"), list):
        deep, repeat = random.choice([(2, 400), (5, 1_000), (63, 1), (70, 1), (150, 2), (1, 10**9)])
        nodes = document["nodes"]
        for number in range(deep):
            scope = {"id": f"bomb{number}", "kind": "scope", "name": "b_{i}", "repeat": repeat}
            nodes = [{**scope, "nodes": nodes}]
        document["nodes"] = nodes
    return document


def _put_code(random: Random, document: object) -> object:
    """Put a layer with code at the end, good code or bad, which nobody trusts."""
    code = random.choice(
        [
            "def custom(inputs):\n    raise SystemExit('this code was run')\n",
            "raise SystemExit('this code was run')",
            "def custom(inputs, other=print('this code was run')):\n    return inputs\n",
            "def custom(inputs):\n" + "    if inputs:\n".replace("    ", " ") * 1,
            "def custom(inputs):\n    return " + "(" * 5_000 + ")" * 5_000,
            "def custom(inputs):\n    return " + "-" * 20_000 + "1",
            "def custom(inputs):\n    return " + "+".join(["inputs"] * 5_000),
            "def custom(\x00):\n    pass",
            "# coding: nonsense\ndef custom(inputs):\n    return inputs",
            "def größe(ﬁ):\n    return ﬁ",
            "async def custom(inputs):\n    return inputs",
            "@print\ndef custom(inputs):\n    return inputs",
        ]
    )
    node = {"id": "code", "kind": "custom", "arguments": {"code": code}}
    if isinstance(document, dict) and isinstance(document.get("nodes"), list):
        document["nodes"].append(node)
    return document


_OF_BYTES = (_flip, _flip_bit, _cut, _take_out, _repeat_part, _put_bytes, _flip, _noise)
_OF_TEXT = (_put_text, _put_text, _put_text, _with_key_twice)
_OF_VALUES = (
    *(_change(act) for act in (_put_value, _remove, _double, _rename_key, _wrap, _swap)),
    *(_change(act) for act in (_put_value, _nudge, _nudge, _nudge)),
    *(_put_from_elsewhere, _put_from_elsewhere, _bomb, _put_code),
)
