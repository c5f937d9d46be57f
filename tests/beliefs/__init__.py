"""Belief checks: Python runs a program, the machine imagines it, and what the one shows the other must allow.

`probes` lets a program tell the value of each expression; `covering` says whether a belief allows a value; `comparing`
holds the two against each other, span by span; `running` runs scripts and test modules; `sources` names the programs.
"""
