//! Status: the response statuses that have a word of their own.

use super::Blame;

/// A response status of 400 to 599, folded into its class unless it is registered, nginx's 499 or one of Cloudflare's
/// 520 to 530.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Status(u8);

macro_rules! statuses {
    ($($code:literal)*) => {
        const CODES: &[(u16, &str)] = &[$(($code, concat!("http_", $code))),*, (4, "http_4xx"), (5, "http_5xx")];
    };
}

statuses! {
    400 401 402 403 404 405 406 407 408 409 410 411 412 413 414 415 416 417 418 421 422 423 424 425 426 428 429 431 451
    499 500 501 502 503 504 505 506 507 508 510 511 520 521 522 523 524 525 526 527 528 529 530
}

impl Status {
    pub(super) const COUNT: usize = CODES.len();

    pub(super) const fn new(status: u16) -> Self {
        let class = if status < 500 { 4 } else { 5 };
        let mut place = 0;
        let mut folded = 0;
        while place < CODES.len() {
            if CODES[place].0 == status {
                return Self(place as u8);
            }
            if CODES[place].0 == class {
                folded = place;
            }
            place += 1;
        }
        Self(folded as u8)
    }

    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..CODES.len()).map(|place| Self(place as u8))
    }

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) const fn word(self) -> &'static str {
        CODES[self.0 as usize].1
    }

    pub(super) const fn blame(self) -> Blame {
        match CODES[self.0 as usize].0 {
            400 | 401 | 403 => Blame::Unclear,
            404 | 410 | 520..=530 => Blame::Gone,
            _ => Blame::Them,
        }
    }
}
