"""The ledger: an append-only Merkle log of every decision, its proofs, its witnesses and its checker.

Pure, without the database: `tree`, `notes`, `checkpoint`, `proof`, `witness`. Over the database: `log` (the
writer), `paths`, `proving`, `fsck`.
"""
