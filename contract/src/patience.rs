//! Patience: asking again until it is so, or until it has taken too long.

use std::fmt::Debug;
use std::thread;
use std::time::{Duration, Instant};

/// Asks until the answer is `Ok`.
///
/// # Panics
///
/// With the last answer, if there was no other one in time.
pub fn eventually<T, E: Debug>(within: Duration, mut ask: impl FnMut() -> Result<T, E>) -> T {
    let deadline = Instant::now() + within;
    loop {
        match ask() {
            Ok(answer) => return answer,
            Err(last) if Instant::now() >= deadline => {
                panic!("still so after {within:?}: {last:?}")
            }
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
}
