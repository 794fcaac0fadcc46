"""What the engine needs of a store, in the engine's own words; storage implements it, twice
(database and memory).

Few verbs on purpose. A `Transaction` writes everything of a decision or nothing: leaving it
without `commit` undoes all. `Readings` answer the questions of pages. Both implementations are
held to one contract by the storage tests.
"""
