//! The Python client's parsers: the one of the text format, and the reference one of OpenMetrics, which is strict.

use std::io::Write;
use std::process::{Command, Stdio};

use fedimetrics_core::Format;

/// Reads texts, each behind a line with its length in bytes, and says what is wrong with the first one that is refused.
const READ: &str = "
import io, sys
if sys.argv[1] == 'text':
    from prometheus_client.parser import text_fd_to_metric_families as read
else:
    from prometheus_client.openmetrics.parser import text_fd_to_metric_families as read
while True:
    length = sys.stdin.buffer.readline()
    if not length:
        break
    text = sys.stdin.buffer.read(int(length)).decode()
    seen = set()
    try:
        for family in read(io.StringIO(text, newline='\\n')):
            for sample in family.samples:
                series = (sample.name, tuple(sorted(label for label in sample.labels.items() if label[1])))
                # The text format's parser adds a _total to names that have none, and so to two of them the same.
                if series in seen and sys.argv[1] != 'text':
                    raise ValueError('there twice: %r' % (series,))
                seen.add(series)
        lines = sum(1 for line in text.split('\\n') if line and not line.startswith('#'))
        if sys.argv[1] != 'text' and len(seen) != lines:
            raise ValueError('%d lines, %d series' % (lines, len(seen)))
    except Exception as error:
        print('%s: %s' % (type(error).__name__, error))
        break
";

/// What the Python client has against the first of these texts that it does not read; `None` if it reads them all.
///
/// # Panics
///
/// If there is no Python with this client: on Debian it is the package `python3-prometheus-client`.
#[must_use]
pub fn python_error(texts: &[String], format: Format) -> Option<String> {
    let format = match format {
        Format::Text => "text",
        Format::OpenMetrics => "openmetrics",
    };
    // Debian's own Python, which Debian's packages are for.
    let mut child = Command::new("/usr/bin/python3")
        .args(["-c", READ, format])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("Python, from Debian's package python3-prometheus-client");
    let mut input = child.stdin.take().expect("it was asked for");
    for text in texts {
        // It stops reading at the first that is wrong.
        let written =
            writeln!(input, "{}", text.len()).and_then(|()| input.write_all(text.as_bytes()));
        if written.is_err() {
            break;
        }
    }
    drop(input);
    let output = child.wait_with_output().expect("Python ends");
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{failed}");
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Some(said).filter(|said| !said.is_empty())
}
