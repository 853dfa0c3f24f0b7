"""Which layers would create the variables of a checkpoint, by their names, roles and shapes."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from core.dtypes import DTYPES
from core.layer_draft import DENSE, EMBEDDING, VARIABLE, Draft
from core.named_tensors import TensorInfo
from core.role_words import natural, role_of
from core.stack import Value

_Members = dict[str, TensorInfo]
_FLOATS = ("float32", "float16", "bfloat16", "float64")
_HALVES = ("float16", "bfloat16")
# Of these, what stands behind them may tell variables apart: W_conv1, b_fc2.
_FIRST_WORDS = ("kernel", "bias")
_NORMS = ("gamma", "beta", "moving_mean", "moving_variance")
_RENORM = ("moving_stddev", "renorm_mean", "renorm_stddev")
_CONVOLVED = ("strides", "padding", "dilation_rate", "activation")
_TRANSPOSED = re.compile(r"transpose|deconv|upconv|up_conv|upsampl|backward", re.IGNORECASE)
_EMBEDS = re.compile(r"embed", re.IGNORECASE)


def layers_of(tensors: Mapping[tuple[str, ...], TensorInfo]) -> Iterator[Draft]:
    """Yield the layers that would create tensors, each tensor by one of them.

    Args:
        tensors: The tensors by the parts of their names: the scopes, and the name within them.
    """
    groups: dict[tuple[tuple[str, ...], str], _Members] = {}
    for parts in sorted(tensors, key=lambda parts: natural("/".join(parts))):
        scope, leaf, tensor = parts[:-1], parts[-1], tensors[parts]
        stem, role = _stem_and_role(leaf)
        members = groups.setdefault((scope, stem), {})
        if not scope or role is None or role in members or tensor.dtype not in DTYPES:
            yield variable(parts, tensor)
        else:
            members[role] = tensor
    for (scope, stem), members in groups.items():
        yield from _layers(scope, stem, members)


def variable(parts: tuple[str, ...], tensor: TensorInfo, *, alone: bool = False) -> Draft:
    """Return a bare variable, which is sure to build."""
    dtype = tensor.dtype
    arguments: dict[str, Value] = {"shape": tensor.shape}
    if dtype.startswith("complex"):
        arguments["initializer"] = "zeros"  # TensorFlow has no default for these
    floating = dtype in _FLOATS
    return Draft(
        parts[:-1],
        parts[-1],
        (tensor,),
        VARIABLE,
        arguments=arguments,
        variables={} if dtype == "float32" else {VARIABLE: {"dtype": dtype}},
        guesses=("combine",),
        takes=tensor.shape,
        dtype=dtype if floating else "float32",
        alone=alone or not floating,
    )


def as_variables(draft: Draft) -> Iterator[Draft]:
    """Yield bare variables in place of a layer, for which nothing else need be there."""
    for tensor in draft.tensors:
        leaf = draft.name if draft.kind == VARIABLE else _leaf(tensor, draft.scope)
        yield variable((*draft.scope, leaf), tensor, alone=True)


def _layers(scope: tuple[str, ...], stem: str, members: _Members) -> Iterator[Draft]:
    """Yield the layers of the tensors of one scope and stem, by their roles."""
    for make in (_separable, _kernel_layer, _embedding, _batch_norm, _layer_norm):
        draft = make(scope, stem, members)
        if draft is not None:
            yield draft
            members = {role: t for role, t in members.items() if t not in draft.tensors}
    for tensor in members.values():
        yield variable((*scope, _leaf(tensor, scope)), tensor)


def _kernel_layer(scope: tuple[str, ...], stem: str, members: _Members) -> Draft | None:
    """Return the dense layer or the convolution that has such a kernel and bias."""
    kernel, bias = members.get("kernel"), members.get("bias")
    if kernel is None or not 2 <= len(kernel.shape) <= 5 or kernel.dtype.startswith("complex"):
        return None
    words = "/".join(scope[-1:]) + stem
    if len(kernel.shape) == 2 and bias is None and _EMBEDS.search(words):
        return _embedding(scope, stem, {"embeddings": kernel})
    transposed = len(kernel.shape) > 3 and _is_transposed(kernel, bias, words)
    takes, gives = kernel.shape[-2:][:: -1 if transposed else 1]
    if bias is not None and bias.shape != (gives,):
        return None
    used = {"kernel": kernel} | ({} if bias is None else {"bias": bias})
    dense = len(kernel.shape) == 2
    size = kernel.shape[0] if len(kernel.shape) == 3 else kernel.shape[:-2]
    arguments: dict[str, Value] = {"filters": gives, "kernel_size": size, "padding": "same"}
    if dense:
        arguments = {"units": gives}
    if bias is None:
        arguments["use_bias"] = False
    guesses = ("activation",) if dense else _CONVOLVED
    return _draft(
        scope,
        used,
        DENSE if dense else f"conv{len(kernel.shape) - 2}d" + "_transpose" * transposed,
        arguments,
        tuple(found for found in guesses if not (transposed and found == "dilation_rate")),
        rank=None if dense else len(kernel.shape),
        takes=(takes,),
        gives=gives,
    )


def _is_transposed(kernel: TensorInfo, bias: TensorInfo | None, words: str) -> bool:
    """Tell whether a kernel is [..., filters, channels]."""
    first, second = kernel.shape[-2:]
    if bias is not None and first != second:
        return bias.shape == (first,)
    return _TRANSPOSED.search(words) is not None


def _separable(scope: tuple[str, ...], stem: str, members: _Members) -> Draft | None:
    depthwise, pointwise = members.get("depthwise_kernel"), members.get("pointwise_kernel")
    bias = members.get("bias")
    if depthwise is None or pointwise is None or len(depthwise.shape) not in (3, 4):
        return None
    rank = len(depthwise.shape)
    channels, multiplier = depthwise.shape[-2:]
    filters = pointwise.shape[-1:]
    if pointwise.shape != (*(1,) * (rank - 2), channels * multiplier, *filters):
        return None
    if (bias is not None and bias.shape != filters) or depthwise.dtype.startswith("complex"):
        return None
    used = {"depthwise_kernel": depthwise, "pointwise_kernel": pointwise}
    arguments: dict[str, Value] = {
        "filters": filters[0],
        "kernel_size": depthwise.shape[0] if rank == 3 else depthwise.shape[:2],
        "padding": "same",
    }
    if multiplier != 1:
        arguments["depth_multiplier"] = multiplier
    if bias is None:
        arguments["use_bias"] = False
    else:
        used["bias"] = bias
    return _draft(
        *(scope, used, f"separable_conv{rank - 2}d", arguments, _CONVOLVED),
        rank=rank,
        takes=(channels,),
        gives=filters[0],
    )


def _embedding(scope: tuple[str, ...], stem: str, members: _Members) -> Draft | None:
    table = members.get("embeddings")
    if table is None or len(table.shape) != 2 or table.dtype not in _FLOATS:
        return None
    rows, length = table.shape
    return _draft(
        *(scope, {"embeddings": table}, EMBEDDING),
        {"input_dim": rows, "output_dim": length},
        (),
        gives=length,
    )


def _batch_norm(scope: tuple[str, ...], stem: str, members: _Members) -> Draft | None:
    used = {role: members[role] for role in _NORMS if role in members}
    if not {"moving_mean", "moving_variance"}.issubset(used) or not _of_one_form(used.values()):
        return None
    shape = used["moving_mean"].shape
    if len(shape) != 1:
        return None
    arguments: dict[str, Value] = {
        argument: False
        for argument, role in (("center", "beta"), ("scale", "gamma"))
        if role not in used
    }
    renorm = {role: members[role] for role in _RENORM if role in members}
    if len(renorm) == len(_RENORM) and _of_one_form((*renorm.values(), used["moving_mean"])):
        arguments["renorm"] = True
        used |= renorm
    guesses = ("momentum", "epsilon")
    return _draft(scope, used, "batch_normalization", arguments, guesses, takes=shape)


def _layer_norm(scope: tuple[str, ...], stem: str, members: _Members) -> Draft | None:
    used: _Members = {role: members[role] for role in ("gamma", "beta") if role in members}
    if not used or not _of_one_form(used.values()):
        return None
    only = next(iter(used)) if len(used) == 1 else None
    if only is not None and _leaf(used[only], scope).lower() != only:
        return None  # a scale or an offset alone may be anything
    shape = next(iter(used.values())).shape
    if not shape:
        return None
    arguments: dict[str, Value] = {
        argument: False
        for argument, role in (("center", "beta"), ("scale", "gamma"))
        if role not in used
    }
    if len(shape) > 1:
        arguments["axis"] = tuple(range(-len(shape), 0))
    return _draft(scope, used, "layer_normalization", arguments, ("epsilon",), takes=shape)


def _draft(
    scope: tuple[str, ...],
    used: _Members,
    kind: str,
    arguments: Mapping[str, Value],
    guesses: tuple[str, ...],
    *,
    takes: tuple[int, ...] = (),
    rank: int | None = None,
    gives: int | None = None,
) -> Draft:
    """Return a layer of the last of its scopes' name, by tf.layers where that names as wanted."""
    from core.catalog import KINDS

    first = next(iter(used.values())).dtype
    dtype = first if first in _FLOATS and kind != EMBEDDING else "float32"
    of_inputs = dtype
    if kind.endswith("normalization") and dtype in _HALVES:
        dtype, of_inputs = "float32", "float32"
    variables: dict[str, Value] = {}
    for role, tensor in used.items():
        leaf = _leaf(tensor, scope)
        settings: dict[str, Value] = {} if leaf == role else {"name": leaf}
        if tensor.dtype != of_inputs:
            settings["dtype"] = tensor.dtype
        if settings:
            variables[role] = settings
    by_layers = "layers" in KINDS[kind].constructions and not variables
    return Draft(
        *(scope[:-1], scope[-1], tuple(used.values()), kind),
        construction="layers" if by_layers else "get_variable",
        arguments=arguments,
        variables=variables,
        guesses=guesses,
        rank=rank,
        takes=takes,
        gives=gives,
        dtype=dtype,
    )


def _stem_and_role(leaf: str) -> tuple[str, str | None]:
    """Return what tells a variable from others of its role in its scope, and its role.

    Such as ("conv1", "kernel") for conv1_weights, ("1", "bias") for b1, ("", "gamma") for gamma.
    """
    for stem, word in _splits(leaf):
        role = role_of(word) or (word if word in _RENORM else None)
        if role is not None:
            return stem, role
    for stem, word in _splits_behind(leaf):
        role = role_of(word)
        if role in _FIRST_WORDS:
            return stem, role
    return leaf, None


def _splits(leaf: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before the word for a role with a number behind it, and that word."""
    words = leaf.split("_")
    numbered = re.fullmatch(r"(.*?)_?(\d+)", leaf)
    for text, number in ((leaf, ""), *([] if numbered is None else [numbered.groups()])):
        words = text.split("_")
        for at in range(len(words)):
            stem = "_".join(words[:at])
            yield f"{stem}_{number}" if stem and number else stem + number, "_".join(words[at:])


def _splits_behind(leaf: str) -> Iterator[tuple[str, str]]:
    """Yield what stands behind the word for a role, and that word."""
    words = leaf.split("_")
    for at in range(len(words) - 1, 0, -1):
        yield "_".join(words[at:]), "_".join(words[:at])


def _of_one_form(tensors: Iterable[TensorInfo]) -> bool:
    return len({tensor.form for tensor in tensors}) == 1


def _leaf(tensor: TensorInfo, scope: Sequence[str]) -> str:
    """Return a tensor's name within a scope."""
    return tensor.name[len("/".join(scope)) + 1 :]
