//! What a server waits for: see `examples/`, and `tests/` for what tokio tells only when it is asked to be unstable.
