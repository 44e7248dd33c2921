"""The recycling stock model against flodym's (plan §1)."""

import warnings

import numpy as np
import pytest

from oresight.plan.recycling import Lifetime, stock_driven

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import flodym


@pytest.mark.parametrize("seed", range(5))
def test_same_inflow_and_outflow(seed: int) -> None:
    generator = np.random.default_rng(seed)
    years, uses = 60, 3
    stock = np.cumsum(generator.uniform(5, 20, (years, uses)), 0)  # growing: no clipping
    scale, shape = generator.uniform(5, 30, uses), generator.uniform(1, 4, uses)
    dims = flodym.DimensionSet(
        dim_list=[
            flodym.Dimension(name="Time", letter="t", items=list(range(1966, 1966 + years)), dtype=int),
            flodym.Dimension(name="Use", letter="u", items=["a", "b", "c"], dtype=str),
        ]
    )
    use = dims["u",]
    model = flodym.StockDrivenDSM(
        dims=dims,
        stock=flodym.StockArray(dims=dims, values=stock),
        lifetime_model=flodym.WeibullLifetime(
            dims=dims,
            weibull_scale=flodym.Parameter(dims=use, values=scale),
            weibull_shape=flodym.Parameter(dims=use, values=shape),
        ),
        time_letter="t",
    )
    model.compute()
    ours = stock_driven(stock, Lifetime(scale, shape))
    assert not ours.clipped.any()
    assert ours.inflow == pytest.approx(model.inflow.values, rel=1e-9)
    assert ours.outflow == pytest.approx(model.outflow.values, rel=1e-7, abs=1e-9)
