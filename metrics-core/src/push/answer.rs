//! Answer: what a server said, short enough for a line of a log.

use std::fmt;

use http::StatusCode;

/// The most bytes of an answer that are read.
pub(super) const READ: usize = 4 * 1024;
/// The most characters of it that are quoted.
const QUOTED: usize = 300;

/// What a server said.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(super) status: StatusCode,
    said: String,
}

impl Answer {
    pub(super) fn new(status: StatusCode, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let mut said = String::new();
        for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
            if !word.is_empty() && !said.is_empty() {
                said.push(' ');
            }
            said.push_str(word);
        }
        if let Some((end, _)) = said.char_indices().nth(QUOTED) {
            said.truncate(end);
            said.push('…');
        }
        Self { status, said }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.status.fmt(f)?;
        if self.said.is_empty() {
            return Ok(());
        }
        write!(f, ", and said “{}”", self.said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_one_short_line() {
        let body = format!("not\r\n\tthis \u{1b}[31m{}", "ü".repeat(4000));
        let line = Answer::new(StatusCode::BAD_REQUEST, body.as_bytes()).to_string();
        assert!(
            line.starts_with("400 Bad Request, and said “not this [31mü"),
            "{line}"
        );
        assert!(
            line.ends_with("ü…”") && line.chars().count() < 350,
            "{line}"
        );
        let line = Answer::new(StatusCode::BAD_GATEWAY, b"").to_string();
        assert_eq!(line, "502 Bad Gateway");
    }
}
