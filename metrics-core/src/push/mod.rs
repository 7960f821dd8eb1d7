//! Push: the same text, sent instead of fetched, for jobs that end before anybody comes to scrape them.
//!
//! A server that stays is scraped: then Prometheus knows that it is down, and nothing has to know where Prometheus is. A
//! batch job is over too soon. It pushes what it has counted when it ends, to a Pushgateway, which is scraped, or straight
//! into VictoriaMetrics, which keeps every value under the time at which it came.
//!
//! | | Pushgateway | VictoriaMetrics, vmagent |
//! | --- | --- | --- |
//! | a push | replaces what the same job and labels pushed before | adds values at this moment |
//! | afterwards | shows the last push for ever, until [`Pusher::delete`] | the series ends |
//! | refuses | what contradicts other pushes | nothing: lines that it cannot read are left out, and in its log |
//!
//! Only `http://` is spoken. TLS, queues on disk and retries over hours are an agent's job: vmagent on the same host takes
//! the same push and sends it on.

mod answer;
mod backoff;
mod destination;
mod exchange;
mod group;
mod problem;
mod pusher;

pub use destination::Destination;
pub(crate) use problem::Problem;
pub use pusher::Pusher;

#[cfg(test)]
mod tests;
