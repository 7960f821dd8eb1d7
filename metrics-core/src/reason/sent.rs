//! What `activitypub_federation` says of an inbox that did not accept an activity. It has no type for it, only a text.

use std::fmt::{self, Display, Write};

use super::Reason;

/// `Activity <address> to <address> failure with status 503 Service Unavailable: <what the inbox said>`.
///
/// Behind the status stands a stranger's text, and in the addresses what a stranger chose; but an address has no blanks.
const PARTS: &[Part] = &[
    Part::Text("Activity "),
    Part::Address,
    Part::Text("to "),
    Part::Address,
    Part::Text("failure with status "),
    Part::Status,
];

#[derive(Clone, Copy)]
enum Part {
    /// Exactly this.
    Text(&'static str),
    /// Some letters without a blank, and the blank behind them.
    Address,
    /// Three digits, and what ends them.
    Status,
}

/// The reason in such a text; `None` if it is not one.
pub(super) fn status(shown: &(impl Display + ?Sized)) -> Option<Reason> {
    let mut reading = Reading::default();
    // It stops by an error as soon as it knows, so what the inbox said is not even formatted.
    let _ = write!(reading, "{shown}");
    reading.found.map(Reason::http)
}

#[derive(Default)]
struct Reading {
    part: usize,
    /// How much of the part is read.
    read: usize,
    number: u16,
    found: Option<u16>,
}

impl Reading {
    /// Takes one more byte; `None` once there is nothing to find any more.
    fn take(&mut self, byte: u8) -> Option<()> {
        let ends = match PARTS.get(self.part)? {
            Part::Text(text) => {
                if text.as_bytes().get(self.read) != Some(&byte) {
                    return None;
                }
                self.read + 1 == text.len()
            }
            Part::Address if byte == b' ' => {
                if self.read == 0 {
                    return None;
                }
                true
            }
            Part::Address => false,
            Part::Status if self.read == 3 => {
                self.found = matches!(byte, b' ' | b':').then_some(self.number);
                return None;
            }
            Part::Status => {
                let digit = byte.is_ascii_digit().then(|| u16::from(byte - b'0'))?;
                self.number = self.number * 10 + digit;
                false
            }
        };
        self.read += 1;
        if ends {
            self.part += 1;
            self.read = 0;
        }
        Some(())
    }
}

impl Write for Reading {
    fn write_str(&mut self, said: &str) -> fmt::Result {
        said.bytes()
            .try_for_each(|byte| self.take(byte))
            .ok_or(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_status_that_the_library_wrote_is_read() {
        let sent = "Activity https://a.example/create/1 to https://b.example/inbox";
        for (end, reason) in [
            (
                "failure with status 503 Service Unavailable: later",
                Some("http_503"),
            ),
            (
                "failure with status 447 <unknown status code>: ",
                Some("http_4xx"),
            ),
            ("failure with status 302 Found: ", Some("redirect")),
            ("failure with status 503", None),
            ("failure with status 50: 3", None),
            ("failure with status 5033: ", None),
            ("went to failure with status 503: ", None),
            ("was accepted: failure with status 410 Gone: ", None),
        ] {
            let said = format!("{sent} {end}");
            assert_eq!(status(&said).map(Reason::as_str), reason, "{said}");
        }
    }

    #[test]
    fn what_a_stranger_says_is_not_read() {
        for said in [
            "failure with status 410 Gone: ",
            " failure with status 410 Gone: ",
            "Activity failure with status 410 Gone: ",
            "Activity  to  failure with status 410 Gone: ",
            "Failed to parse object: Activity a to b failure with status 410 Gone: ",
        ] {
            assert_eq!(status(said), None, "{said}");
        }
        let body = "x failure with status 410 Gone: ".repeat(1000);
        let said = format_args!("Activity a to b failure with status 502 Bad Gateway: {body}");
        assert_eq!(status(&said), Some(Reason::http(502)));
    }
}
