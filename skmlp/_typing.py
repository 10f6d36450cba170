"""Names for the types in the signatures of the public API.

The modules that use them leave annotations unevaluated (``from __future__ import
annotations``), so that ``help`` shows these names and not all that they stand for.
"""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from numpy.random import RandomState
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

Array: TypeAlias = NDArray[Any]
MatrixLike: TypeAlias = ArrayLike | sparse.spmatrix | sparse.sparray
ClassWeight: TypeAlias = dict[Any, Any] | list[dict[Any, Any]] | Literal["balanced"] | None
Scoring: TypeAlias = str | Callable[..., float] | None
Seed: TypeAlias = int | RandomState | None

# A learning rate: one for all networks, or an array of them.
Rate: TypeAlias = float | Array
# What an optimizer remembers between steps.
State: TypeAlias = dict[str, Array]
