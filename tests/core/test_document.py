"""Stack files: what is saved is loaded again, and what is wrong is said in one line."""

import json
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.document import LARGEST_FILE, dumps, load, loads, read_nodes, save
from core.json_file import DocumentError
from core.stack import Layer, Scope, Stack, freeze
from tests.examples import EXAMPLES, LESSONS, example_text

_INPUT = {"id": "x", "kind": "input", "arguments": {"shape": [None, 4]}}
_DENSE = {"id": "d", "kind": "dense", "arguments": {"units": 3}}


def _document(*nodes, **more):
    return {"format": "layerscope-stack", "version": 1, "nodes": list(nodes), **more}


def _refusal(value) -> str:
    with pytest.raises(DocumentError) as refused:
        loads(value if isinstance(value, str) else json.dumps(value))
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_a_file_without_an_indent_holds_the_same(path):
    stack = load(path)
    compact = dumps(stack, indent=None)
    assert loads(compact) == stack
    assert json.loads(compact) == json.loads(dumps(stack))


@pytest.mark.parametrize("path", [*EXAMPLES, *LESSONS], ids=lambda path: path.name)
def test_an_example_is_saved_as_it_was(path, tmp_path):
    stack = load(path)
    save(stack, tmp_path / "copy.stack.json")
    assert load(tmp_path / "copy.stack.json") == stack
    assert (tmp_path / "copy.stack.json").read_text() == path.read_text()


def test_a_stack_has_a_root_repetitions_and_a_kind_of_variable():
    scope = {"id": "s", "kind": "scope", "name": "layer_{i}", "repeat": 3, "nodes": [_DENSE]}
    stack = loads(json.dumps(_document(_INPUT, scope, root="model", use_resource=True)))
    assert (stack.root, stack.use_resource, stack.node("s").repeat) == ("model", True, 3)
    assert loads(dumps(stack)) == stack
    plain = loads(json.dumps(_document(_INPUT)))
    assert not {"root", "use_resource", "repeat"} & set(json.loads(dumps(plain)))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"root": "two words"}, "root: TensorFlow takes no such name"),
        ({"root": 3}, "root: must be a text"),
        ({"root": ""}, "root: must be a text"),
        ({"use_resource": "yes"}, "use_resource: must be true or false"),
    ],
)
def test_a_wrong_setting_of_the_stack_is_told_at_its_place(fields, words):
    assert _refusal(_document(_INPUT, **fields)).startswith(words)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"repeat": 0}, "nodes[0].repeat: must be at least 1"),
        ({"repeat": True}, "nodes[0].repeat: must be a whole number"),
        ({"repeat": 2.0}, "nodes[0].repeat: must be a whole number"),
        ({"name": "a {i}"}, "nodes[0].name: TensorFlow takes no such name"),
        ({"name": "a_{j}"}, "nodes[0].name: TensorFlow takes no such name"),
    ],
)
def test_a_wrong_repetition_is_told_at_its_place(fields, words):
    scope = {"id": "s", "kind": "scope", "name": "s", "nodes": [_INPUT]}
    assert _refusal(_document({**scope, **fields})).startswith(words)


def test_a_layer_has_no_number_in_its_name():
    assert "TensorFlow takes no such name" in _refusal(_document(_INPUT, {**_DENSE, "name": "{i}"}))


def test_repetitions_within_repetitions_may_not_become_too_many():
    node = _INPUT
    for depth in range(4):
        node = {"id": f"s{depth}", "kind": "scope", "name": "s", "repeat": 1000, "nodes": [node]}
    assert "more than 100,000" in _refusal(_document(node))


def test_a_stack_has_the_defaults_of_the_format():
    stack = loads(json.dumps(_document(_INPUT, _DENSE)))
    assert stack.name == "untitled"
    assert stack.seed is None
    dense = stack.node("d")
    assert isinstance(dense, Layer)
    assert (dense.construction, dense.reuse, dense.inputs) == ("layers", None, None)


def test_a_stack_can_not_be_changed():
    stack = loads(json.dumps(_document(_INPUT)))
    with pytest.raises(TypeError):
        stack.node("x").arguments["shape"] = ()


@pytest.mark.parametrize(
    ("node", "place"),
    [
        ({**_DENSE, "arguments": {"units": 0}}, "nodes[1].arguments.units: must be at least 1"),
        ({**_DENSE, "arguments": {"units": 2.5}}, "nodes[1].arguments.units: must be a whole"),
        ({**_DENSE, "arguments": {"units": True}}, "nodes[1].arguments.units: must be a whole"),
        ({**_DENSE, "arguments": {}}, "nodes[1].arguments.units: dense needs"),
        ({**_DENSE, "arguments": {"units": 3, "unit": 3}}, "nodes[1].arguments.unit: dense has no"),
        ({**_DENSE, "arguments": []}, "nodes[1].arguments: must be an object"),
        ({**_DENSE, "kind": "dens"}, "nodes[1].kind: must be one of"),
        ({**_DENSE, "kind": ["dense"]}, "nodes[1].kind: must be one of"),
        ({**_DENSE, "co\nlour": 1}, "nodes[1].co\\nlour: there is no such key"),
        ({**_DENSE, "colour": 1}, "nodes[1].colour: there is no such key"),
        ({**_DENSE, "id": "x"}, "nodes[1].id: another node"),
        ({**_DENSE, "id": 7}, "nodes[1].id: must be a text"),
        ({**_DENSE, "name": "two words"}, "nodes[1].name: TensorFlow takes no such name"),
        ({**_DENSE, "name": "_x"}, "nodes[1].name: TensorFlow takes no such name"),
        ({**_DENSE, "name": "größe"}, "nodes[1].name: TensorFlow takes no such name"),
        ({**_DENSE, "name": "a:0"}, "nodes[1].name: TensorFlow takes no such name"),
        ({**_DENSE, "name": "a\n"}, "nodes[1].name: TensorFlow takes no such name"),
        ({**_DENSE, "reuse": "yes"}, "nodes[1].reuse: must be"),
        ({**_DENSE, "reuse": 1}, "nodes[1].reuse: must be"),
        ({**_DENSE, "construction": "keras"}, "nodes[1].construction: must be one of"),
        ({**_DENSE, "inputs": ["d"]}, 'nodes[1].inputs[0]: "d" is this node itself'),
        ({**_DENSE, "inputs": ["later"]}, "nodes[1].inputs[0]: no node before"),
        ({**_DENSE, "inputs": ["x", "x"]}, "nodes[1].inputs: dense takes 1, not 2"),
        ({**_DENSE, "inputs": []}, "nodes[1].inputs: dense takes 1, not 0"),
        ({**_DENSE, "inputs": "x"}, "nodes[1].inputs: must be a list"),
        ({**_DENSE, "device": 3}, "nodes[1].device: must be a text"),
        ({**_DENSE, "variables": {"weight": {}}}, "nodes[1].variables.weight: dense has no"),
        ({**_DENSE, "variables": {"bias": {"nam": "b"}}}, "nodes[1].variables.bias.nam: variable"),
        ({**_DENSE, "variables": {"bias": {"name": "a b"}}}, "nodes[1].variables.bias.name: Tens"),
        (
            {**_DENSE, "arguments": {"units": 3, "kernel_initializer": {"kind": "zeros", "x": 1}}},
            "nodes[1].arguments.kernel_initializer.x: zeros has no",
        ),
        (
            {**_DENSE, "arguments": {"units": 3, "kernel_initializer": {"seed": 1}}},
            "nodes[1].arguments.kernel_initializer.kind: must be a text",
        ),
        ({"id": "i", "kind": "input", "construction": "layers"}, "nodes[1].arguments.shape"),
        ({**_INPUT, "id": "i", "construction": "layers"}, "nodes[1].construction: input is built"),
        ({**_INPUT, "id": "i", "reuse": True}, "nodes[1].reuse: input has no variables"),
        ({**_INPUT, "id": "i", "inputs": ["x"]}, "nodes[1].inputs: input takes 0, not 1"),
        ("dense", "nodes[1]: must be an object"),
        ({"id": "s", "kind": "scope", "nodes": [{**_DENSE, "inputs": ["s"]}]}, "nodes[1].nodes[0]"),
        ({"id": "s", "kind": "name_scope", "reuse": True}, "nodes[1].reuse: a name_scope does"),
        ({"id": "s", "kind": "name_scope", "arguments": {"dtype": "int8"}}, "name_scope has no"),
        ({"id": "s", "kind": "scope", "nodes": {}}, "nodes[1].nodes: must be a list"),
        ({"id": "s", "kind": "scope", "guesses": []}, "nodes[1].guesses: there is no such key"),
        ({**_DENSE, "guesses": "units"}, "nodes[1].guesses: must be a list"),
        ({**_DENSE, "guesses": ["unit"]}, "nodes[1].guesses[0]: must be one of units"),
        ({**_DENSE, "guesses": ["units", "units"]}, 'nodes[1].guesses: has "units" twice'),
    ],
)
def test_what_is_wrong_with_a_node_is_named_with_its_place(node, place):
    assert place in _refusal(_document(_INPUT, node))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is not JSON"),
        ("[1, 2]", "must be an object"),
        ("{}", "format: must be"),
        ('{"format": "layerscope-stack", "version": 2}', "version: must be 1, not 2"),
        ('{"format": "layerscope-stack", "version": true}', "version: must be 1, not true"),
        ('{"format": "layerscope-stack", "version": 1.0}', "version: must be 1, not 1.0"),
        ('{"format": "layerscope-stack", "version": 1, "node": []}', "node: there is no such key"),
        ('{"format": "layerscope-stack", "version": 1, "version": 1}', '"version" twice'),
        ('{"format": "layerscope-stack", "version": 1, "seed": NaN}', "NaN is no number"),
        ('{"format": "layerscope-stack", "version": 1, "seed": 1.5}', "seed: must be a whole"),
        ('{"format": "layerscope-stack", "version": 1, "name": "\\ud800"}', "half a character"),
        ('{"format": "layerscope-stack", "version": 1, "seed": ' + "9" * 9999 + "}", "digits"),
        ("[" * 100_000, "is nested too deeply"),
        (f'{{"format": {"[" * 300}1{"]" * 300}}}', "is nested too deeply"),
    ],
)
def test_what_is_no_stack_file_is_refused(text, words):
    assert words in _refusal(text)


def test_scopes_nested_too_deep_are_refused():
    node = _DENSE
    for depth in range(100):
        node = {"id": f"s{depth}", "kind": "scope", "nodes": [node]}
    assert "nested more than" in _refusal(_document(node))


def test_a_scope_beside_deep_ones_is_not_refused():
    nodes = [{"id": f"s{index}", "kind": "scope", "nodes": []} for index in range(100)]
    assert len(loads(json.dumps(_document(*nodes))).nodes) == 100


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "is not UTF-8 text"),
        (b" " * (LARGEST_FILE + 1), "is larger than"),
        (None, "No such file"),
    ],
)
def test_a_file_that_can_not_be_read_is_refused(tmp_path, content, words):
    path = tmp_path / "bad.stack.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DocumentError, match=words):
        load(path)


def test_a_directory_is_refused(tmp_path):
    with pytest.raises(DocumentError, match="directory"):
        load(tmp_path)


def test_a_failed_save_leaves_the_old_file_whole(tmp_path, monkeypatch):
    path = tmp_path / "mine.stack.json"
    save(Stack(name="old"), path)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save(Stack(name="new"), path)
    assert load(path).name == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["mine.stack.json"]


def test_saving_keeps_the_rights_of_a_file(tmp_path):
    path = tmp_path / "mine.stack.json"
    save(Stack(), path)
    path.chmod(0o640)
    save(Stack(name="again"), path)
    assert path.stat().st_mode & 0o777 == 0o640


def test_pasted_nodes_lose_inputs_that_did_not_come_along():
    nodes = read_nodes(freeze([_INPUT, {**_DENSE, "inputs": ["elsewhere"]}]))
    assert nodes[1].inputs is None


_KEYS = st.sampled_from(
    ["id", "kind", "name", "reuse", "inputs", "arguments", "nodes", "units", "shape", "seed", "?"]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | _KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from([*EXAMPLES, *LESSONS[:5]]), st.data())
def test_a_mutated_file_gives_a_stack_or_one_clear_line(path, data):
    document = json.loads(path.read_text())
    place, key = data.draw(st.sampled_from(list(_places(document))))
    if data.draw(st.booleans()):
        place[key] = data.draw(_JSON)
    elif isinstance(place, dict):
        place[str(data.draw(_KEYS))] = place.pop(key)
    else:
        del place[key]
    _loads_or_refuses(json.dumps(document))


@given(st.sampled_from([*EXAMPLES, *LESSONS[:5]]), st.data())
def test_a_truncated_or_scrambled_file_is_refused_in_one_line(path, data):
    text = example_text(path)
    cut = data.draw(st.integers(0, len(text)))
    _loads_or_refuses(text[:cut] + data.draw(st.text(max_size=3)) + text[cut + 1 :])


def _loads_or_refuses(text: str) -> None:
    try:
        stack = loads(text)
    except DocumentError as error:
        refusal = str(error)
    else:
        refusal = "a stack"
        assert loads(dumps(stack)) == stack
    assert len(refusal.splitlines()) == 1


def _places(value):
    """Yield each container in a JSON value with each of its keys or indexes."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def test_the_nodes_of_a_scope_are_read_into_it():
    stack = loads(json.dumps(_document(_INPUT, {"id": "s", "kind": "scope", "nodes": [_DENSE]})))
    scope = stack.node("s")
    assert isinstance(scope, Scope)
    assert [node.id for node in scope.nodes] == ["d"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"units": 0}, "units: must be at least 1"),
        ({"units": 2.5}, "units: must be a whole number"),
        (
            {
                "units": 3,
                "kernel_initializer": {"kind": "random_uniform", "minval": 2, "maxval": 1},
            },
            "kernel_initializer.minval: minval must not be above maxval, which is 1",
        ),
        (
            {"units": 3, "kernel_constraint": {"kind": "min_max_norm", "min_value": 3.0}},
            "kernel_constraint.min_value: min_value must not be above max_value, which is 1.0",
        ),
        (
            {"units": 3, "kernel_initializer": {"kind": "random_normal", "stddev": -1.0}},
            "kernel_initializer.stddev: must be at least 0.0",
        ),
        (
            {"units": 3, "kernel_regularizer": {"kind": "l2", "scale": -0.1}},
            "kernel_regularizer.scale: must be at least 0.0",
        ),
    ],
)
def test_nonsense_that_tensorflow_takes_without_a_word_is_refused(arguments, words):
    assert _refusal(_document(_INPUT, {**_DENSE, "arguments": arguments})).startswith(
        f"nodes[1].arguments.{words}"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"momentum": 1.5}, "momentum: must be at most 1.0"),
        ({"epsilon": -1}, "epsilon: must be at least 0.0"),
        ({"renorm_momentum": -0.5}, "renorm_momentum: must be at least 0.0"),
        ({"virtual_batch_size": 0}, "virtual_batch_size: must be at least 1"),
        ({"renorm_clipping": {"rmin": 3.0, "rmax": 1.0}}, "renorm_clipping.rmin: rmin must not"),
        ({"axis": []}, "axis: must have at least one item"),
        ({"axis": [1, 1]}, "axis: must have each item once, not 1 twice"),
        ({"axis": 254}, "axis: must be at most 253, not 254"),
        ({"axis": [-255]}, "axis[0]: must be at least -254, not -255"),
        ({"virtual_batch_size": 2**31}, "virtual_batch_size: must be at most 2147483647"),
    ],
)
def test_nonsense_of_a_batch_normalization_is_refused(arguments, words):
    node = {"id": "n", "kind": "batch_normalization", "arguments": arguments}
    assert _refusal(_document(_INPUT, node)).startswith(f"nodes[1].arguments.{words}")


@pytest.mark.parametrize(
    ("kind", "arguments", "words"),
    [
        ("dense", {"units": 10**30}, "units: must be at most 9223372036854775807, not 1000"),
        (
            "dense",
            {"units": 3, "kernel_initializer": {"kind": "constant", "value": []}},
            "kernel_initializer.value: must have at least one item",
        ),
        (
            "dense",
            {"units": 3, "kernel_constraint": {"kind": "max_norm", "axis": [0, 0]}},
            "kernel_constraint.axis: must have each item once, not 0 twice",
        ),
        (
            "dense",
            {"units": 3, "kernel_constraint": {"kind": "unit_norm", "axis": 2**63}},
            "kernel_constraint.axis: must be at most 253",
        ),
        ("conv2d", {"filters": 2**31, "kernel_size": 1}, "filters: must be at most 2147483647"),
        (
            "conv2d",
            {"filters": 1, "kernel_size": [1, 2**31]},
            "kernel_size[1]: must be at most 2147483647",
        ),
        (
            "conv2d",
            {"filters": 1, "kernel_size": 1, "strides": 2**31},
            "strides: must be at most 2147483647",
        ),
        ("max_pooling2d", {"pool_size": 2**31, "strides": 1}, "pool_size: must be at most"),
        ("dropout", {"rate": 1}, "rate: must be below 1.0, not 1"),
        ("dropout", {"noise_shape": [0]}, "noise_shape[0]: must be at least 1, not 0"),
        ("dropout", {"noise_shape": []}, "noise_shape: must have at least one item"),
        ("input", {"shape": [2**63]}, "shape[0]: must be at most 9223372036854775807"),
        ("input", {"shape": [1] * 255}, "shape: must have at most 254 items, not 255"),
        ("reshape", {"shape": [-1, 2, -1]}, "shape: must have -1 once at most, not [-1, 2, -1]"),
        ("reshape", {"shape": [1] * 255}, "shape: must have at most 254 items, not 255"),
        ("transpose", {"perm": [0, 1, 1]}, "perm: must have each item once, not 1 twice"),
        ("concat", {"axis": 254}, "axis: must be at most 253"),
        ("embedding", {"input_dim": 2**63, "output_dim": 1}, "input_dim: must be at most"),
        ("variable", {"shape": [10**30]}, "shape[0]: must be at most"),
        ("layer_normalization", {"axis": []}, "axis: must have at least one item"),
        (
            "scope",
            {"partitioner": {"kind": "fixed_size", "num_shards": 2, "axis": 254}},
            "partitioner.axis: must be at most 253",
        ),
    ],
)
def test_what_tensorflow_can_not_make_of_any_input_is_refused(kind, arguments, words):
    node = {"id": "n", "kind": kind, "arguments": arguments}
    assert _refusal(_document(_INPUT, node)).startswith(f"nodes[1].arguments.{words}")


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        ("batch_normalization", {"epsilon": 0.0, "momentum": 1.0, "axis": [0, -1]}),
        ("dropout", {"rate": 0.999, "noise_shape": [None, 1], "seed": 10**30}),
        ("dense", {"units": 3, "kernel_constraint": {"kind": "max_norm", "axis": []}}),
        ("scope", {"partitioner": {"kind": "fixed_size", "num_shards": 10**30}}),
        ("input", {"shape": [0, 2**63 - 1]}),
        ("reshape", {"shape": [0, -1]}),
        ("transpose", {"perm": []}),
    ],
)
def test_what_is_odd_and_has_a_meaning_is_taken(kind, arguments):
    node = {"id": "n", "kind": kind, "arguments": arguments}
    assert loads(json.dumps(_document(_INPUT, node))).node("n").arguments
