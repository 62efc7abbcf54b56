"""Every Delta table, a module a stage: columns with type, meaning and unit; key; partitioning; parents; laws.

Which there are, and in which order data flows through them, follows from the stages. No I/O, no logic of a stage.
"""
