//! What is said of an error in which no reason was found.

use std::error::Error;
use std::sync::{Arc, Mutex};
use std::{fmt, io};

use fedimetrics_core::{Failure, Reason};
use tracing_subscriber::fmt::MakeWriter;

const SECRET: &str = "-----BEGIN PRIVATE KEY-----";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, said: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(said);
        Ok(said.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn logged(work: impl FnOnce()) -> Vec<String> {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(log.clone())
        .without_time()
        .with_ansi(false)
        .finish();
    tracing::subscriber::with_default(subscriber, work);
    let said = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    said.lines().map(str::to_owned).collect()
}

/// An error of a host's own, which says too much.
#[derive(Debug)]
struct Talkative<const N: usize>(Option<io::Error>);

impl<const N: usize> fmt::Display for Talkative<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SECRET)
    }
}

impl<const N: usize> Error for Talkative<N> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.as_ref().map(|error| error as _)
    }
}

#[test]
fn the_types_are_said_and_what_they_say_is_not() {
    let inner = io::Error::other(SECRET);
    let lines = logged(|| assert_eq!(Talkative::<1>(Some(inner)).reason(), Reason::Other));
    let [line] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert!(
        line.contains("WARN fedimetrics_core: no reason is known for an error"),
        "{line}"
    );
    assert!(line.contains("Talkative<1>"), "{line}");
    assert!(
        line.contains("inside=? > std::io::Error(Other) > ?"),
        "{line}"
    );
    assert!(!line.contains("KEY"), "{line}");

    let boxed = anyhow::Error::from(Talkative::<1>(None)).context(SECRET);
    let lines = logged(|| assert_eq!(boxed.reason(), Reason::Other));
    let [line] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert!(line.contains(r#"error_type="anyhow::Error""#), "{line}");
    assert!(!line.contains("KEY"), "{line}");
}

#[test]
fn a_type_is_said_a_few_times_and_not_each_time() {
    let lines = logged(|| {
        for _ in 0..1000 {
            let _ = Talkative::<2>(None).reason();
        }
    });
    let times = lines.iter().map(|line| line.rsplit('=').next().unwrap());
    assert_eq!(times.collect::<Vec<_>>(), ["1", "16", "256"]);
}

#[test]
fn what_has_a_reason_is_not_said_and_neither_is_what_the_host_calls_other() {
    let lines = logged(|| {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(refused.reason(), Reason::Econnrefused);
        assert_eq!(
            Reason::Other.because("known to be strange").reason(),
            Reason::Other
        );
        assert_eq!(SECRET.reason(), Reason::Other);
        assert_eq!(SECRET.to_owned().reason(), Reason::Other);
    });
    assert!(lines.is_empty(), "{lines:?}");
}

#[test]
fn a_text_tells_what_the_libraries_write_at_its_beginning() {
    let sent = "Activity https://a.example/1 to https://b.example/inbox failure with status 503 \
                Service Unavailable: Activity a to b failure with status 410 Gone: ";
    assert_eq!(sent.reason(), Reason::http(503));
    let looked_up = "failed to lookup address information: Name or service not known";
    assert_eq!(looked_up.to_owned().reason(), Reason::Nxdomain);
    assert_eq!(
        "it was said: Activity a to b failure with status 410 Gone: ".reason(),
        Reason::Other
    );
}
