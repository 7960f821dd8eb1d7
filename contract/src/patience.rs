//! Patience: asking again until it is so, or until it has taken too long.

use std::thread;
use std::time::{Duration, Instant};

/// Asks until the answer is `Ok`.
///
/// # Errors
///
/// The last answer, if there was no other one in time.
pub fn eventually<T, E>(within: Duration, mut ask: impl FnMut() -> Result<T, E>) -> Result<T, E> {
    let deadline = Instant::now() + within;
    loop {
        let answer = ask();
        if answer.is_ok() || Instant::now() >= deadline {
            return answer;
        }
        thread::sleep(Duration::from_millis(50));
    }
}
