"""The door to HiGHS: a programme kept warm between solves whose bounds and costs change."""

import ctypes
import os
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from oresight.core.errors import Infeasible, ModelError
from oresight.plan.assemble import Assembly
from oresight.plan.records import Floats


def _say_nothing() -> None:
    """Let HiGHS print its banner, once per process, to nowhere: our standard output carries tables."""
    try:
        c_library = ctypes.CDLL(None)
        kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    except (OSError, TypeError, AttributeError):
        return
    try:
        c_library.fflush(None)
        os.dup2(nowhere, 1)
        highspy.Highs()
        c_library.fflush(None)
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


_say_nothing()


@dataclass(frozen=True)
class Solution:
    """An optimum.

    Args:
        x: (column,).
        objective: [million USD], the assembly's offset included.
        bound: Proven lower bound of it [million USD]; equal to it for a linear programme.
        row_dual: Change of the objective per unit of a row's bound (row,); nan for integer programmes.
        reduced_cost: (column,); nan for integer programmes.
    """

    x: Floats
    objective: float
    bound: float
    row_dual: Floats
    reduced_cost: Floats


class Warm:
    """A programme in HiGHS that keeps its basis between solves; the one place that knows highspy."""

    def __init__(self, assembly: Assembly, integer: bool, threads: int = 0) -> None:
        self.assembly = assembly
        self.columns = assembly.cost.size
        self.rows = assembly.row_lower.size
        self.integer = integer and bool(assembly.integer.any())
        self._all = np.arange(self.columns, dtype=np.int32)
        self._all_rows = np.arange(self.rows, dtype=np.int32)
        self._highs = highspy.Highs()
        self._set("output_flag", False)
        if threads:
            self._set("threads", threads)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.columns, self.rows
        lp.col_cost_, lp.offset_ = assembly.cost, assembly.offset
        lp.col_lower_, lp.col_upper_ = _inf(assembly.lower), _inf(assembly.upper)
        lp.row_lower_, lp.row_upper_ = _inf(assembly.row_lower), _inf(assembly.row_upper)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = assembly.matrix.indptr.astype(np.int32)
        lp.a_matrix_.index_ = assembly.matrix.indices.astype(np.int32)
        lp.a_matrix_.value_ = assembly.matrix.data
        if self.integer:
            kinds = [highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger]
            lp.integrality_ = [kinds[i] for i in assembly.integer.astype(int).tolist()]
        self._check(self._highs.passModel(lp), "passing the programme")

    def _set(self, option: str, value: Any) -> None:
        self._check(self._highs.setOptionValue(option, value), f"option {option}")

    def _check(self, status: Any, doing: str) -> None:
        if status == highspy.HighsStatus.kError:
            raise ModelError(f"the solver refused {doing}")

    def option(self, name: str, value: Any) -> None:
        """Set an option of HiGHS by its own name."""
        self._set(name, value)

    def column_bounds(self, at: NDArray[np.int64], lower: Floats | float, upper: Floats | float) -> None:
        """Change bounds of some columns."""
        low, high = (np.ascontiguousarray(np.broadcast_to(b, at.shape), float) for b in (lower, upper))
        at32 = at.astype(np.int32)
        self._check(self._highs.changeColsBounds(at.size, at32, _inf(low), _inf(high)), "bounds")

    def row_bounds(self, at: NDArray[np.int64], lower: Floats | float, upper: Floats | float) -> None:
        """Change bounds of some rows."""
        low, high = (np.ascontiguousarray(np.broadcast_to(b, at.shape), float) for b in (lower, upper))
        at32 = at.astype(np.int32)
        self._check(self._highs.changeRowsBounds(at.size, at32, _inf(low), _inf(high)), "row bounds")

    def costs(self, cost: Floats, offset: float) -> None:
        """Change all costs."""
        self._check(self._highs.changeColsCost(self.columns, self._all, cost), "costs")
        self._check(self._highs.changeObjectiveOffset(offset), "offset")

    def continuous(self) -> None:
        """Drop all integrality."""
        if self.integer:
            kinds = np.zeros(self.columns, dtype=np.uint8)
            self._check(
                self._highs.changeColsIntegrality(self.columns, self._all, kinds), "dropping integers"
            )
            self.integer = False

    def start_from(self, x: Floats) -> None:
        """Offer a feasible point to an integer solve."""
        point = highspy.HighsSolution()
        point.col_value = x.tolist()
        self._highs.setSolution(point)

    def solve(self, doing: str = "the plan") -> Solution:
        """Solve as it stands.

        Raises:
            Infeasible: No point satisfies the limits (a bare statement; `programme` names the limits).
            ModelError: It is unbounded or the solver gave up.
        """
        highs = self._highs
        self._check(highs.run(), doing)
        status = highs.getModelStatus()
        wanted = highspy.HighsModelStatus
        if status in (wanted.kInfeasible, wanted.kUnboundedOrInfeasible):
            raise Infeasible(f"{doing}: no plan satisfies the limits")
        stopped = self.integer and status in (wanted.kTimeLimit, wanted.kObjectiveTarget)
        has_point = highs.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if status != wanted.kOptimal and not (stopped and has_point):
            raise ModelError(
                f"{doing} did not solve: {highs.modelStatusToString(status)}",
                "simplify the case or widen the gap",
                {"status": highs.modelStatusToString(status)},
            )
        found = highs.getSolution()
        info = highs.getInfo()
        x = np.array(found.col_value)
        if self.integer:
            unknown = np.full(self.rows, np.nan)
            return Solution(
                x, info.objective_function_value, info.mip_dual_bound, unknown, np.full(self.columns, np.nan)
            )
        return Solution(
            x,
            info.objective_function_value,
            info.objective_function_value,
            np.array(found.row_dual),
            np.array(found.col_dual),
        )

    def objective(self) -> float:
        """Solve and return only the objective; quick for long series of small programmes."""
        self._highs.run()
        status = self._highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise ModelError("a programme of a series did not solve", facts={"status": str(status)})
        return float(self._highs.getObjectiveValue())


def _inf(bound: Floats) -> Floats:
    """HiGHS' own infinity is numpy's."""
    return np.ascontiguousarray(bound, dtype=float)
