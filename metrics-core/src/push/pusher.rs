//! Pusher: sends what an exporter shows, once or until it is told to stop.

use std::fmt;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderValue, Method, Request, header};
use http_body_util::Full;
use tokio::sync::{Mutex, watch};
use tokio::time::{sleep, timeout};

use super::backoff::{Backoff, random};
use super::destination::Place;
use super::{Destination, Problem, exchange};
use crate::catalogue::{PUSHED, PUSHES};
use crate::error::{Error, Kind};
use crate::exporter::Exporter;
use crate::recorder::Format;

/// Sends what an exporter shows. Clones send the same.
///
/// # Examples
///
/// A batch job counts, and pushes when it is done:
///
/// ```no_run
/// use std::time::Duration;
///
/// use fedimetrics_core::{Exporter, push::Destination};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), fedimetrics_core::Error> {
/// let exporter = Exporter::builder().install()?;
/// let pusher = exporter.pusher(Destination::pushgateway("http://127.0.0.1:9091", "nightly"))?;
///
/// metrics::counter!("pruned_posts_total").increment(120);
///
/// pusher.finish(Duration::from_secs(20)).await?;
/// # Ok(())
/// # }
/// ```
///
/// One that takes hours shows how far it is:
///
/// ```no_run
/// # use std::time::Duration;
/// # use fedimetrics_core::{Exporter, push::Destination};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), fedimetrics_core::Error> {
/// # let exporter = Exporter::builder().install()?;
/// # let destination = Destination::victoria_metrics("http://127.0.0.1:8428", "import");
/// let pusher = exporter.pusher(destination.with_label("instance", "db1"))?;
/// tokio::spawn(pusher.clone().run(Duration::from_secs(15)));
///
/// // Hours later:
/// pusher.finish(Duration::from_secs(20)).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Pusher {
    inner: Arc<Inner>,
}

struct Inner {
    exporter: Exporter,
    destination: Destination,
    place: Place,
    /// One push at a time: an older one must not arrive behind the last.
    turn: Mutex<()>,
    finished: watch::Sender<bool>,
}

impl Exporter {
    /// What sends this exporter's text to somebody. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// If the address is none, speaks TLS or holds credentials, or if a label is no label.
    pub fn pusher(&self, destination: Destination) -> Result<Pusher, Error> {
        let place = destination.check().map_err(Kind::Push)?;
        let sink = self.sink();
        for outcome in PUSHED {
            sink.counter(&PUSHES, &[outcome]).increment(0);
        }
        Ok(Pusher {
            inner: Arc::new(Inner {
                exporter: self.clone(),
                destination,
                place,
                turn: Mutex::new(()),
                finished: watch::Sender::new(false),
            }),
        })
    }
}

impl Pusher {
    /// Pushes once.
    ///
    /// # Errors
    ///
    /// If the server cannot be reached or fails, which passes, or if it refuses the push, which does not:
    /// [`Error::is_push_refused`] tells the two apart.
    ///
    /// # Cancellation
    ///
    /// The server may have got all of it or nothing.
    pub async fn push(&self) -> Result<(), Error> {
        let _turn = self.inner.turn.lock().await;
        Ok(self.inner.push().await.map_err(Kind::Push)?)
    }

    /// Pushes now, and then on this interval, until [`finish`](Self::finish) is called. To be spawned by the host.
    ///
    /// While the server cannot be reached or fails, the pause between two attempts grows from 1 second to 2 minutes.
    ///
    /// # Errors
    ///
    /// As soon as the server refuses a push: it would refuse the next one, too. It is logged as well.
    ///
    /// # Cancellation
    ///
    /// Dropping it stops pushing.
    pub async fn run(self, interval: Duration) -> Result<(), Error> {
        let inner = &self.inner;
        let mut finished = inner.finished.subscribe();
        let mut backoff = Backoff::default();
        while !*finished.borrow_and_update() {
            let pushed = {
                let _turn = inner.turn.lock().await;
                inner.push().await
            };
            match pushed {
                Ok(()) => {
                    if backoff.went_well() {
                        tracing::info!(to = inner.place.shown, "metrics are pushed again");
                    }
                }
                Err(problem) if problem.passes() => {
                    if backoff.failed() {
                        tracing::warn!(
                            error = &problem as &dyn std::error::Error,
                            "metrics are not pushed; trying again, less and less often"
                        );
                    }
                }
                Err(problem) => {
                    tracing::error!(
                        error = &problem as &dyn std::error::Error,
                        "metrics are not pushed any more"
                    );
                    return Err(Kind::Push(problem).into());
                }
            }
            let pause = backoff.pause(interval, random());
            let _ = timeout(pause, finished.wait_for(|finished| *finished)).await;
        }
        Ok(())
    }

    /// Stops [`run`](Self::run) and pushes a last time, trying again while the server cannot be reached, until the time is
    /// over.
    ///
    /// # Errors
    ///
    /// If the server refuses the push, or did not take it in time.
    pub async fn finish(&self, within: Duration) -> Result<(), Error> {
        self.inner.finished.send_replace(true);
        let mut last = None;
        let pushed = timeout(within, async {
            let _turn = self.inner.turn.lock().await;
            let mut backoff = Backoff::default();
            loop {
                match self.inner.push().await {
                    Err(problem) if problem.passes() => {
                        backoff.failed();
                        last = Some(problem);
                        sleep(backoff.pause(Duration::ZERO, random())).await;
                    }
                    other => return other,
                }
            }
        });
        let pushed = pushed.await.unwrap_or_else(|_| {
            Err(last.unwrap_or_else(|| Problem::Late {
                to: self.inner.place.shown.clone(),
                within,
            }))
        });
        Ok(pushed.map_err(Kind::Push)?)
    }

    /// Removes from a Pushgateway what was pushed under this job and these labels. It would be shown for ever otherwise.
    ///
    /// # Errors
    ///
    /// As [`push`](Self::push); and always for VictoriaMetrics, where a series ends by itself.
    pub async fn delete(&self) -> Result<(), Error> {
        if !self.inner.place.deletable {
            return Err(Kind::Push(Problem::NoGroup).into());
        }
        let _turn = self.inner.turn.lock().await;
        let deleted = self.inner.exchange(Method::DELETE, None).await;
        Ok(deleted.map_err(Kind::Push)?)
    }
}

impl Inner {
    async fn push(&self) -> Result<(), Problem> {
        let method = if self.place.deletable {
            Method::PUT
        } else {
            Method::POST
        };
        let text = self.exporter.render_as(Format::Text);
        let pushed = self.exchange(method, Some(text)).await;
        let outcome = match &pushed {
            Ok(()) => "ok",
            Err(problem) if problem.passes() => "failed",
            Err(_) => "refused",
        };
        self.exporter
            .sink()
            .counter(&PUSHES, &[outcome])
            .increment(1);
        pushed
    }

    async fn exchange(&self, method: Method, text: Option<String>) -> Result<(), Problem> {
        let (place, within) = (&self.place, self.destination.timeout);
        let sent = exchange::send(&place.authority, self.request(method, text));
        match timeout(within, sent).await {
            Ok(Ok(answer)) => Problem::of(&place.shown, answer),
            Ok(Err(source)) => Err(Problem::Unreachable {
                to: place.shown.clone(),
                source,
            }),
            Err(_) => Err(Problem::Late {
                to: place.shown.clone(),
                within,
            }),
        }
    }

    fn request(&self, method: Method, text: Option<String>) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::default());
        *request.method_mut() = method;
        *request.uri_mut() = self.place.path.clone();
        let headers = request.headers_mut();
        // An authority is visible ASCII.
        if let Ok(host) = HeaderValue::from_str(self.place.authority.as_str()) {
            headers.insert(header::HOST, host);
        }
        headers.insert(
            header::USER_AGENT,
            HeaderValue::from_static(concat!("fedimetrics/", env!("CARGO_PKG_VERSION"))),
        );
        if let Some(credentials) = &self.place.credentials {
            headers.insert(header::AUTHORIZATION, credentials.clone());
        }
        let Some(text) = text else { return request };
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(Format::Text.content_type()),
        );
        let zipped = self
            .destination
            .gzip
            .then(|| gzip(text.as_bytes()))
            .flatten();
        if zipped.is_some() {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        *request.body_mut() = zipped.unwrap_or_else(|| text.into()).into();
        request
    }
}

/// At the level that costs least. Writing to memory does not fail; if it did, the text would go as it is.
fn gzip(text: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

impl fmt::Debug for Pusher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pusher")
            .field("destination", &self.inner.destination)
            .finish_non_exhaustive()
    }
}
