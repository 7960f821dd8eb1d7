//! Our numbers beside other recorders, and theirs beside ours: see `examples/`.
