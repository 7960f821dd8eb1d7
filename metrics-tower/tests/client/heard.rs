//! What a job hears of the requests that are made in its polls.

use std::future::{Future, poll_fn};
use std::pin::pin;

use fedimetrics_core::Reason;
use fedimetrics_core::scope::Scope;

use crate::clients::Client;
use crate::neighbour::{Manner, neighbour};
use crate::seen::Seen;

/// Runs it as a job would, and tells what was noted.
async fn in_scope<T>(work: impl Future<Output = T>) -> (T, Option<Reason>) {
    let mut scope = Scope::worker("deliver".into());
    let mut work = pin!(work);
    let output = poll_fn(|context| {
        let _entered = scope.enter();
        work.as_mut().poll(context)
    })
    .await;
    (output, scope.verdict())
}

#[tokio::test]
async fn the_reason_is_heard_whatever_becomes_of_the_error() {
    for client in Client::ALL {
        for (manner, reason) in [
            (Manner::Status(401), Some("http_401")),
            (Manner::Status(410), Some("http_410")),
            (Manner::Refused, Some("econnrefused")),
            (Manner::Closed, Some("closed")),
            (Manner::Status(202), None),
        ] {
            let url = neighbour(manner).await;
            let seen = Seen::new();
            let swallowing = async {
                let _ = client.post(seen.layer.clone(), &url, None).await;
            };
            let ((), heard) = in_scope(swallowing).await;
            assert_eq!(
                heard.map(Reason::as_str),
                reason,
                "{manner:?} through {client:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_last_answer_stands() {
    let (gone, well) = (
        neighbour(Manner::Status(410)).await,
        neighbour(Manner::Status(200)).await,
    );
    let seen = Seen::new();
    let post = async |url: &str| {
        let _ = Client::HyperUtil.post(seen.layer.clone(), url, None).await;
    };
    let ((), heard) = in_scope(async {
        post(&gone).await;
        post(&well).await;
    })
    .await;
    assert_eq!(heard, None, "it went well after all");
    let ((), heard) = in_scope(async {
        post(&well).await;
        post(&gone).await;
    })
    .await;
    assert_eq!(heard, Some(Reason::http(410)));
}

#[tokio::test]
async fn it_is_heard_without_any_recorder() {
    let url = neighbour(Manner::Status(410)).await;
    let layer = fedimetrics_tower::HttpClientMetricsLayer::new(fedimetrics_tower::Purpose::Fetch);
    let (_, heard) = in_scope(Client::Reqwest013.post(layer, &url, None)).await;
    assert_eq!(heard, Some(Reason::http(410)));
}
