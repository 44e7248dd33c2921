"""The equilibrium (one convex function), months, impact, and shocks as functions market -> market.

Knows mathematics and arrays, never tables. The way through:

    networks = [ProductNetwork(...), ...]                        calibration: balanced flows, prices, shares
    market = market_from_network(countries, end_uses, networks)  records.Market: prices 1, flows as given
    stressed = shocks.ban(market, ["CHN"], None, "gallium:refine", leak=0.1)
    clearing = clearing.solve(stressed)                          prices, flows, rents in t and USD, certified
    loss = impact.impact(clearing)                               who goes short, who pays, who earns

    prepared = Prepared(market)                                  structure: found once
    batch = solve_batch(prepared, parameters, start=before)      clearing: thousands of scenarios, compiled

The first solve on a machine compiles the inner loops (tens of seconds); they are cached on disk from then on.
"""
