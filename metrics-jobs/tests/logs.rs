//! One structured line for each final delivery failure, and nothing in it that a stranger wrote.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use fedimetrics_core::{Exporter, Reason};
use fedimetrics_jobs::{Attempt, Job};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

static DELIVER: Job = Job::delivery("federation_out", "deliver");

/// Writes down every event as its level, target and fields.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0 += &format!(" {}={value:?}", field.name());
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "fedimetrics_jobs"
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

fn logged(work: impl FnOnce(&Job)) -> Vec<String> {
    let exporter = Exporter::builder().build().unwrap();
    let lines = Lines::default();
    tracing::subscriber::with_default(lines.clone(), || work(&DELIVER.on(&exporter)));
    lines.0.lock().unwrap().clone()
}

#[test]
fn a_lost_delivery_is_logged_with_its_target_and_without_the_errors_text() {
    let secret = || io::Error::other("-----BEGIN PRIVATE KEY-----");
    let lines = logged(|job| {
        job.start(Attempt::number(9).of(9))
            .to("a.example")
            .finish(&Err::<(), _>(secret()));
    });
    assert_eq!(
        lines,
        [
            r#"WARN message=delivery lost target="a.example" reason="other" worker="deliver" attempts=9 how="final_failure" inboxes=1"#
        ]
    );
}

#[test]
fn what_will_be_tried_again_is_not_logged() {
    let lines = logged(|job| {
        job.start(Attempt::number(1).of(9))
            .to("a.example")
            .exception(&Reason::Timeout);
        job.start(Attempt::number(1).of(9)).snooze(Reason::Backoff);
        drop(job.start(Attempt::number(1).of(9)));
        job.start(Attempt::number(1).of(9)).success();
        job.dropped(Reason::QueueFull);
    });
    assert!(lines.is_empty(), "{lines:?}");
}

#[test]
fn each_inbox_of_many_has_a_line_of_its_own() {
    let lines = logged(|job| {
        let run = job.start(Attempt::number(2).of(9).inboxes(5));
        run.delivery("a.example").discard(&Reason::http(410));
        run.delivery("b.example").exception(&Reason::Timeout);
        run.delivery("c.example").success();
        run.final_failure(&Reason::Shutdown);
    });
    assert_eq!(
        lines,
        [
            r#"INFO message=delivery given up target="a.example" reason="http_410" worker="deliver" attempts=2 how="discard" inboxes=1"#,
            r#"WARN message=delivery lost target="b.example" reason="timeout" worker="deliver" attempts=2 how="final_failure" inboxes=1"#,
            r#"WARN message=delivery lost reason="shutdown" worker="deliver" attempts=2 how="final_failure" inboxes=2"#,
        ]
    );
}

#[test]
fn a_name_that_a_stranger_made_up_cannot_fill_or_forge_a_line() {
    let lines = logged(|job| {
        let name = format!("evil\nWARN forged=\"{}", "x".repeat(1 << 20));
        let run = job.start(Attempt::only()).to(&name);
        run.final_failure(&Reason::Timeout);
        let run = job.start(Attempt::only());
        run.to("https://user:secret@b.example/inbox")
            .final_failure(&Reason::Timeout);
    });
    assert!(
        lines[0].contains(r#"target="evil\nwarn forged=\"xxx"#),
        "{lines:?}"
    );
    assert!(lines[0].len() < 500, "{lines:?}");
    assert!(lines[1].contains(r#" target="b.example" "#), "{lines:?}");
}
