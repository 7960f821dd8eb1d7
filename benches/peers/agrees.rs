//! For calls that harm nobody, our recorder counts what `metrics-exporter-prometheus` counts; and for such requests our
//! layer what axum-prometheus counts.

mod requests_agree;

use std::collections::BTreeMap;

use fedimetrics_core::Exporter;
use fedimetrics_core::testing::{Sample, Scrape};
use metrics::{Recorder, counter, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::PrometheusBuilder;
use proptest::prelude::*;

const BOUNDS: [f64; 4] = [0.1, 1.0, 2.5, 10.0];

#[derive(Clone, Debug)]
enum Call {
    Count(&'static str, String, u64),
    Absolute(&'static str, String, u64),
    Set(&'static str, String, i32),
    Add(&'static str, String, i32),
    Record(&'static str, String, u32),
}

/// Names and values that both print as they are: no clashes, and nothing that is escaped.
fn call() -> impl Strategy<Value = Call> {
    let value = "[a-zé/.:{} -]{1,12}";
    prop_oneof![
        (
            prop_oneof![Just("a_total"), Just("b_total")],
            value,
            0..1_u64 << 40
        )
            .prop_map(|(n, v, x)| Call::Count(n, v, x)),
        (Just("c_total"), value, 0..1_u64 << 40).prop_map(|(n, v, x)| Call::Absolute(n, v, x)),
        (Just("g"), value, any::<i32>()).prop_map(|(n, v, x)| Call::Set(n, v, x)),
        (Just("h"), value, any::<i32>()).prop_map(|(n, v, x)| Call::Add(n, v, x)),
        (Just("i_seconds"), value, 0..1_000_u32).prop_map(|(n, v, x)| Call::Record(n, v, x)),
    ]
}

fn perform(calls: &[Call], recorder: &dyn Recorder) {
    with_local_recorder(recorder, || {
        for call in calls {
            match call.clone() {
                Call::Count(name, value, number) => counter!(name, "v" => value).increment(number),
                Call::Absolute(name, value, number) => {
                    counter!(name, "v" => value).absolute(number)
                }
                Call::Set(name, value, number) => {
                    gauge!(name, "v" => value, "w" => "x").set(number)
                }
                Call::Add(name, value, number) => gauge!(name, "v" => value).increment(number),
                // Sums of quarters are exact in whatever order they are added.
                Call::Record(name, value, quarters) => {
                    histogram!(name, "v" => value).record(f64::from(quarters) / 4.0)
                }
            }
        }
    });
}

/// By name and labels; without what an exporter says of itself.
fn numbers(text: &str) -> BTreeMap<(String, Vec<(String, String)>), f64> {
    let scrape = Scrape::parse(text);
    let own = |sample: &&Sample| !sample.name.starts_with("exporter_");
    let number = |sample: &Sample| {
        let labels = sample.labels.clone().into_iter().collect();
        ((sample.name.clone(), labels), sample.value)
    };
    scrape.samples().iter().filter(own).map(number).collect()
}

proptest! {
    #[test]
    fn the_same_calls_are_the_same_numbers(calls in proptest::collection::vec(call(), 0..200)) {
        let ours = Exporter::builder().with_buckets("i_seconds", &BOUNDS).build().unwrap();
        perform(&calls, &ours.recorder());
        let theirs = PrometheusBuilder::new().set_buckets(&BOUNDS).unwrap().build_recorder();
        perform(&calls, &theirs);
        prop_assert_eq!(numbers(&ours.render()), numbers(&theirs.handle().render()));
    }
}

#[test]
fn a_difference_would_be_seen() {
    let ours = Exporter::builder().build().unwrap();
    perform(
        &[Call::Count("a_total", "x".to_owned(), 1)],
        &ours.recorder(),
    );
    let counted = numbers(&ours.render());
    assert_eq!(counted.len(), 1);
    perform(
        &[Call::Count("a_total", "x".to_owned(), 1)],
        &ours.recorder(),
    );
    assert_ne!(numbers(&ours.render()), counted);
}
