//! Every way in which another server answers or fails has its own word, the same through every client.

use fedimetrics_core::Reason;
use fedimetrics_core::scope::{self, Scope};

use crate::clients::Client;
use crate::neighbour::{Manner, neighbour};
use crate::seen::Seen;

async fn assert_ends(manner: Manner, status: &str, error_type: &str) {
    for client in Client::ALL {
        if manner == Manner::Hang && !client.has_timeout() {
            continue;
        }
        let about = format!("{manner:?} through {client:?}");
        let seen = Seen::new();
        let url = neighbour(manner).await;
        let answer = client.post(seen.layer.clone(), &url, None).await;
        assert_eq!(answer.is_ok(), !status.is_empty(), "{about}: {answer:?}");
        seen.assert_one_ended(status, error_type, &about);
        let labels = [("purpose", "deliver"), ("http_request_method", "POST")];
        assert_eq!(seen.ended(&labels), 1.0, "{about}");
        if let Err(error) = answer {
            let classified = Reason::classify(&*error);
            assert_eq!(classified.as_str(), error_type, "{about}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_below_400_is_no_error() {
    for (code, status) in [(200, "200"), (202, "202"), (204, "204"), (304, "304")] {
        assert_ends(Manner::Status(code), status, "").await;
    }
}

#[tokio::test]
async fn an_answer_from_400_on_is_one_by_its_status() {
    for (code, error_type) in [
        (401, "http_401"),
        (404, "http_404"),
        (410, "http_410"),
        (429, "http_429"),
        (502, "http_502"),
        (523, "http_523"),
    ] {
        assert_ends(Manner::Status(code), &code.to_string(), error_type).await;
    }
}

#[tokio::test]
async fn a_made_up_status_is_its_class() {
    assert_ends(Manner::Status(447), "4xx", "http_4xx").await;
    assert_ends(Manner::Status(567), "5xx", "http_5xx").await;
    assert_ends(Manner::Status(299), "2xx", "").await;
    assert_ends(Manner::Status(799), "_OTHER", "other").await;
}

#[tokio::test]
async fn a_connection_that_is_reset_is_one_that_was_reset() {
    assert_ends(Manner::Reset, "", "econnreset").await;
}

#[tokio::test]
async fn a_connection_that_closes_without_an_answer_is_closed() {
    assert_ends(Manner::Closed, "", "closed").await;
}

#[tokio::test]
async fn an_answer_that_is_not_http_cannot_be_parsed() {
    assert_ends(Manner::Garbage, "", "http_parse").await;
}

#[tokio::test]
async fn no_answer_in_time_is_a_timeout() {
    assert_ends(Manner::Hang, "", "timeout").await;
}

#[tokio::test]
async fn nobody_listens() {
    assert_ends(Manner::Refused, "", "econnrefused").await;
}

#[tokio::test]
async fn a_name_that_does_not_exist() {
    for client in Client::ALL {
        let seen = Seen::new();
        let url = neighbour(Manner::Nowhere).await;
        client
            .post(seen.layer.clone(), &url, None)
            .await
            .unwrap_err();
        // Which of the two depends on this machine's resolver.
        let nowhere = ["nxdomain", "dns_temporary"].map(|word| seen.ended(&[("error_type", word)]));
        let seen_as = seen.scrape();
        assert_eq!(nowhere.iter().sum::<f64>(), 1.0, "{client:?}: {seen_as:?}");
        assert_eq!(seen.active(), 0.0);
    }
}

#[tokio::test]
async fn an_error_without_a_reason_is_other() {
    use http::{Request, Response};
    use tower::{Layer, ServiceExt, service_fn};

    let seen = Seen::new();
    let client = seen.layer.clone().layer(service_fn(async |_: Request<()>| {
        Err::<Response<()>, _>(std::io::Error::other("what?"))
    }));
    let _ = client.oneshot(Request::new(())).await.unwrap_err();
    seen.assert_one_ended("", "other", "what?");
}

#[tokio::test]
async fn an_error_with_a_word_of_the_hosts_own_has_that() {
    use fedimetrics_core::{Blame, Word};
    use http::{Request, Response};
    use tower::{Layer, ServiceExt, service_fn};

    const QUARANTINED: Word = Word::new("quarantined", Blame::Them);
    Word::declare(&[QUARANTINED]).unwrap();
    let seen = Seen::new();
    let client = seen.layer.clone().layer(service_fn(async |_: Request<()>| {
        Err::<Response<()>, _>(QUARANTINED.reason().because("not before Monday"))
    }));
    let _ = client.oneshot(Request::new(())).await.unwrap_err();
    seen.assert_one_ended("", "quarantined", "not before Monday");
}

#[tokio::test]
async fn a_redirect_that_nobody_follows_is_an_answer_that_a_job_hears_of() {
    let seen = Seen::new();
    let url = neighbour(Manner::Status(307)).await;
    let mut scope = Scope::default();
    let mut asking = Box::pin(Client::HyperUtil.post(seen.layer.clone(), &url, None));
    let answer = std::future::poll_fn(|context| {
        let _entered = scope.enter();
        asking.as_mut().poll(context)
    });
    assert_eq!(answer.await.unwrap(), 307);
    seen.assert_one_ended("307", "", "307");
    assert_eq!(scope.verdict(), Some(Reason::Redirect));
    assert_eq!(scope::verdict(), None, "only in the scope it was polled in");
}
