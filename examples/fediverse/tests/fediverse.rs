//! The server as others meet it: over sockets, with real signatures, queues and neighbours.
#![allow(clippy::unwrap_used, reason = "tests may unwrap")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use fedimetrics_core::Reason;
use fediverse::{
    Options, Running,
    federation::{activity::MEDIA_TYPE, delivery::deliver},
    neighbours::{Letter, Manner, Neighbour},
    queue::Depth,
};
use reqwest::{Client, StatusCode, header};
use serde_json::{Value, json};

const DEADLINE: Duration = Duration::from_secs(60);

async fn start(options: Options) -> (Running, Client) {
    let listen = ([127, 0, 0, 1], 0).into();
    let running = fediverse::start(Options { listen, ..options })
        .await
        .unwrap();
    let client = Client::builder()
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap();
    (running, client)
}

fn quiet() -> Options {
    Options {
        visitors: false,
        ..Options::default()
    }
}

fn url(running: &Running, path: &str) -> String {
    format!("http://{}{path}", running.address)
}

fn neighbour(running: &Running, manner: Manner) -> &Neighbour {
    running.neighbours.as_ref().unwrap().get(manner).unwrap()
}

async fn post(running: &Running, client: &Client, text: &str) -> Value {
    let request = client
        .post(url(running, "/api/v1/statuses"))
        .json(&json!({ "status": text }));
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

async fn get(running: &Running, client: &Client, path: &str) -> Value {
    let request = client
        .get(url(running, path))
        .header(header::ACCEPT, MEDIA_TYPE);
    request.send().await.unwrap().json().await.unwrap()
}

/// Asks again until there is an answer.
async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let since = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(since.elapsed() < DEADLINE, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// State and attempts of the one delivery to that neighbour.
async fn delivery(running: &Running, to: &Neighbour) -> Option<(String, i64)> {
    sqlx::query_as("SELECT status, attempts FROM Jobs WHERE job ->> '$.Deliver.inbox' = ?")
        .bind(to.inbox())
        .fetch_optional(&running.app.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn webfinger_leads_to_an_actor_with_a_key() {
    let (running, client) = start(Options {
        neighbours: false,
        ..quiet()
    })
    .await;
    let path = format!(
        "/.well-known/webfinger?resource=acct:alice@{}",
        running.address
    );
    let found = get(&running, &client, &path).await;
    let actor = found
        .pointer("/links/0/href")
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(actor, url(&running, "/users/alice"));

    let actor = get(&running, &client, "/users/alice").await;
    assert_eq!(actor["type"], "Person");
    assert!(
        actor
            .pointer("/publicKey/publicKeyPem")
            .unwrap()
            .as_str()
            .unwrap()
            .contains("PUBLIC KEY")
    );
    let nobody = client
        .get(url(&running, "/users/nobody"))
        .send()
        .await
        .unwrap();
    assert_eq!(nobody.status(), StatusCode::NOT_FOUND);
    running.shutdown().await;
}

#[tokio::test]
async fn a_signed_letter_is_accepted_and_a_forged_one_refused() {
    let (running, client) = start(quiet()).await;
    let from = neighbour(&running, Manner::Well);
    let inbox = url(&running, "/inbox");
    let note = json!({ "id": format!("{}/notes/1", from.base), "type": "Note", "content": "from next door" });
    let letter = Letter::new(from, "ada", "Create", 1, &note);
    assert_eq!(
        letter.send(from, &client, &inbox).await.unwrap(),
        StatusCode::ACCEPTED
    );
    assert_eq!(
        letter.send(from, &client, &inbox).await.unwrap(),
        StatusCode::ACCEPTED,
        "a duplicate is no error"
    );

    let tampered = Letter {
        tampered: true,
        ..letter.clone()
    };
    assert_eq!(
        tampered.send(from, &client, &inbox).await.unwrap(),
        StatusCode::UNAUTHORIZED
    );
    let stranger = neighbour(&running, Manner::Slow);
    assert_eq!(
        letter.send(stranger, &client, &inbox).await.unwrap(),
        StatusCode::UNAUTHORIZED,
        "another's key"
    );
    let unsigned = client.post(&inbox).body(letter.body).send().await.unwrap();
    assert_eq!(unsigned.status(), StatusCode::UNAUTHORIZED);

    let timeline = eventually("the note is in the timeline", async || {
        let timeline = get(&running, &client, "/api/v1/timelines/public").await;
        timeline.get(0).is_some().then_some(timeline)
    })
    .await;
    assert_eq!(timeline[0]["content"], "from next door");
    assert!(timeline.get(1).is_none(), "the duplicate is not stored");
    running.shutdown().await;
}

#[tokio::test]
async fn a_post_reaches_good_neighbours_once_however_many_follow_from_there() {
    let (running, client) = start(quiet()).await;
    post(&running, &client, "hello").await;
    for manner in [Manner::Well, Manner::Secure, Manner::Slow] {
        let good = neighbour(&running, manner);
        tokio::time::timeout(DEADLINE, good.has_accepted(1))
            .await
            .unwrap();
        let done = eventually("the delivery is done", async || {
            delivery(&running, good)
                .await
                .filter(|(status, _)| status == "Done")
        })
        .await;
        assert_eq!(done.1, 1);
        assert_eq!(good.asked(), 1);
    }
    running.shutdown().await;
}

#[tokio::test]
async fn one_job_announces_to_many_inboxes() {
    let (running, client) = start(quiet()).await;
    let status = post(&running, &client, "pass it on").await;
    let path = format!("/api/v1/statuses/{}/reblog", status["id"].as_str().unwrap());
    client
        .post(url(&running, &path))
        .send()
        .await
        .unwrap()
        .error_for_status()
        .unwrap();
    for manner in [Manner::Well, Manner::Secure] {
        tokio::time::timeout(DEADLINE, neighbour(&running, manner).has_accepted(2))
            .await
            .unwrap();
    }
    let jobs: i64 =
        sqlx::query_scalar("SELECT count(*) FROM Jobs WHERE job ->> '$.Announce.user' = 'alice'")
            .fetch_one(&running.app.pool)
            .await
            .unwrap();
    assert_eq!(jobs, 1);
    running.shutdown().await;
}

#[tokio::test]
async fn what_is_gone_is_given_up_at_once_and_what_is_down_is_tried_for_seconds() {
    let (running, client) = start(quiet()).await;
    let (gone, down) = (
        neighbour(&running, Manner::Gone),
        neighbour(&running, Manner::BadGateway),
    );
    let blocked = neighbour(&running, Manner::Blocked);
    let since = Instant::now();
    post(&running, &client, "is anybody there?").await;

    let over = eventually("the delivery to the gone is over", async || {
        delivery(&running, gone)
            .await
            .filter(|(status, _)| status == "Killed")
    })
    .await;
    assert_eq!((over.1, gone.asked()), (1, 1));

    let waiting = eventually("the other waits for its retry", async || {
        let depths = running.depth().await.unwrap();
        depths
            .into_iter()
            .find(|depth| depth.queue == "federation_out" && depth.retrying > 0)
    })
    .await;
    assert_eq!(waiting.dead, 0);

    eventually("the other is out of retries", async || {
        delivery(&running, down)
            .await
            .filter(|dead| *dead == ("Failed".to_owned(), 4))
    })
    .await;
    assert_eq!(down.asked(), 4);
    assert!(
        since.elapsed() > Duration::from_secs(4),
        "the attempts are seconds apart"
    );
    assert!(
        delivery(&running, blocked).await.is_none(),
        "what is blocked is never enqueued"
    );
    let depths = running.depth().await.unwrap();
    assert!(
        depths
            .iter()
            .any(|depth| depth.queue == "federation_out" && depth.dead > 0),
        "{depths:?}"
    );
    running.shutdown().await;
}

#[tokio::test]
async fn traffic_ends_and_everything_comes_to_rest() {
    let options = Options {
        traffic: Some(Duration::from_secs(3)),
        ..Options::default()
    };
    let (mut running, client) = start(options).await;
    tokio::time::timeout(DEADLINE, running.at_rest())
        .await
        .unwrap()
        .unwrap();
    let depths = running.depth().await.unwrap();
    assert_eq!(
        depths.iter().map(Depth::pending).sum::<i64>(),
        0,
        "{depths:?}"
    );
    let front = client.get(url(&running, "/")).send().await.unwrap();
    assert_eq!(front.status(), StatusCode::OK, "the server stays up");
    running.shutdown().await;
}

#[tokio::test]
async fn a_shutdown_amid_traffic_is_clean_and_frees_the_port() {
    let (running, client) = start(Options::default()).await;
    let address = running.address;
    let mut listening = client
        .get(url(&running, "/api/v1/streaming"))
        .send()
        .await
        .unwrap();
    post(&running, &client, "the last one").await;
    let first = listening.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b"event: update"), "{first:?}");

    tokio::time::timeout(Duration::from_secs(20), running.shutdown())
        .await
        .unwrap();
    while let Ok(Some(_)) = listening.chunk().await {}
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn every_bad_neighbour_fails_in_its_own_way() {
    let (running, _) = start(quiet()).await;
    let (app, body) = (&running.app, Arc::from(*b"{}"));
    let user = app.user("alice").unwrap();
    let send = async |manner| {
        let inbox = neighbour(&running, manner).inbox();
        deliver(app, user, &inbox, &body).await
    };
    for (manner, reason) in [
        (Manner::Unauthorized, "http_401"),
        (Manner::Gone, "http_410"),
        (Manner::TooMany, "http_429"),
        (Manner::BadGateway, "http_502"),
        (Manner::Hang, "timeout"),
        (Manner::Deaf, "connect_timeout"),
        (Manner::Garbage, "http_parse"),
        (Manner::Reset, "econnreset"),
        (Manner::Closed, "closed"),
        (Manner::Refused, "econnrefused"),
        (Manner::BadCertificate, "tls_issuer"),
    ] {
        let error = send(manner).await.unwrap_err();
        assert_eq!(
            Reason::classify(&error).as_str(),
            reason,
            "{manner:?}: {error:?}"
        );
        assert_eq!(error.gives_up(), manner == Manner::Gone);
    }
    let nowhere = Reason::classify(&send(Manner::Nowhere).await.unwrap_err());
    assert!(
        matches!(nowhere, Reason::Nxdomain | Reason::DnsTemporary),
        "{nowhere}: which of the two depends on this machine's resolver"
    );
    running.shutdown().await;
}
