"""The variables' values as files that others than TensorFlow read."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.atomic import named_whole, written_whole
from core.built import Variable
from core.exports.format import ExportError
from core.progress import OnProgress
from core.quantities import show_bytes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.graph import BuiltGraph


def write_npz(graph: "BuiltGraph", path: Path, on_progress: OnProgress) -> str:
    """Write an archive for `numpy.load`, an array under each variable's name."""
    import numpy as np

    from core.cutout import plain

    widened = 0
    with written_whole(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for variable, values in _values(graph, on_progress):
            if values.dtype == object:
                raise ExportError(f"{variable.name} holds texts, which .npz can't; take it away")
            widened += values.dtype.name == "bfloat16"
            with archive.open(f"{variable.name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, plain(values), allow_pickle=False)
    return "bfloat16 is written as float32, since .npz has no bfloat16" if widened else ""


def write_safetensors(graph: "BuiltGraph", path: Path, on_progress: OnProgress) -> str:
    """Write a safetensors file, a tensor under each variable's name, in the variable's own type."""
    import numpy as np
    import safetensors
    from safetensors.numpy import save_file

    tensors = {
        variable.name: np.ascontiguousarray(values).reshape(values.shape)
        for variable, values in _values(graph, on_progress)
    }
    on_progress(0, 0, "writing the tensors")
    try:
        with named_whole(path) as scrap:
            save_file(tensors, scrap, metadata={"format": "tf"})
    except safetensors.SafetensorError as error:
        raise ExportError(f"{path.name} can't be written: {error}") from error
    return ""


def _values(
    graph: "BuiltGraph", on_progress: OnProgress
) -> "Iterator[tuple[Variable, NDArray[Any]]]":
    """Yield the variables, each with its values."""
    total = graph.built.totals.bytes
    done = 0
    values = graph.values_of(variable.name for variable in graph.built.variables)
    for variable in graph.built.variables:
        on_progress(done, total, f"writing {show_bytes(done)} of {show_bytes(total)}")
        yield variable, values.of(variable.name)
        done += variable.bytes
