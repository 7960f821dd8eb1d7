//! Turns: all servers are asked for a second each, and again, so that whatever else the machine does hits them all.

use super::load::requests_a_second;
use super::server::Server;
use crate::reading::Scale;
use crate::row::Row;

/// How often each is asked for a second.
const ROUNDS: u64 = 15;

/// What a request takes each of these servers, as long as each of them is asked as fast as it answers: `ns` is its median,
/// `added` and `ratio` are the medians of its rounds beside the first server's, which is the bare one.
///
/// # Panics
///
/// If a server does not answer, or `wrk` is missing.
#[must_use]
pub fn by_turns(scale: Scale, servers: &[(&'static str, Server)]) -> Vec<Row> {
    let mut rounds: Vec<Vec<f64>> = Vec::new();
    for (name, server) in servers {
        server
            .ask()
            .unwrap_or_else(|error| unreachable!("{name}: {error}"));
    }
    if scale == Scale::Whole {
        // The first round warms up.
        for _ in 0..=ROUNDS {
            let took = servers.iter().map(|(name, server)| {
                let rate = requests_a_second(&server.url());
                1e9 / rate.unwrap_or_else(|error| unreachable!("{name}: {error:#}"))
            });
            rounds.push(took.collect());
        }
        rounds.remove(0);
    }
    let row = |(at, (name, _)): (usize, &(&'static str, Server))| {
        let median = |value: &dyn Fn(&[f64]) -> f64| {
            let mut values: Vec<_> = rounds.iter().map(|round| value(round)).collect();
            values.sort_by(f64::total_cmp);
            values.get(values.len() / 2).copied()
        };
        let beside = |value| if at == 0 { None } else { value };
        Row {
            name: (*name).to_owned(),
            ns: median(&|round| round[at]),
            added: beside(median(&|round| round[at] - round[0])),
            ratio: beside(median(&|round| round[at] / round[0])),
            ..Row::default()
        }
    };
    servers.iter().enumerate().map(row).collect()
}
