//! A library that hides what an inbox answered, and the job that ends with that reason all the same.
//!
//! `activitypub_federation` makes `Ok` of a 401 and a 410, and a text of a 503. The middleware in its client hears them,
//! and the job in whose poll it was asks what was heard.

use std::sync::{Arc, Mutex};

use activitypub_federation::activity_sending::SendActivityTask;
use activitypub_federation::config::{Data, FederationConfig};
use activitypub_federation::error::Error;
use activitypub_federation::http_signatures::{Keypair, generate_actor_keypair};
use activitypub_federation::traits::{ActivityHandler, Actor, Object};
use async_trait::async_trait;
use axum::Router;
use fedimetrics_core::Exporter;
use fedimetrics_core::testing::Scrape;
use fedimetrics_jobs::{Attempt, Job};
use fedimetrics_tower::{HttpClientMetricsLayer, Purpose};
use http::{HeaderMap, StatusCode};
use reqwest_middleware_0_3::{ClientBuilder, ClientWithMiddleware, reqwest};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

static DELIVER: Job = Job::delivery("federation_out", "deliver");

/// An inbox on loopback that always answers this, and what it was sent.
struct Inbox {
    url: Url,
    received: Arc<Mutex<Vec<HeaderMap>>>,
}

impl Inbox {
    async fn answering(status: u16) -> Self {
        let received: Arc<Mutex<Vec<HeaderMap>>> = Arc::default();
        let status = StatusCode::from_u16(status).unwrap();
        let letters = received.clone();
        let router = Router::new().fallback(async move |headers: HeaderMap| {
            letters.lock().unwrap().push(headers);
            (status, "whatever it says is a stranger's to choose")
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move { axum::serve(listener, router).await });
        // The library takes no address for a server, only a name.
        let url = format!("http://localhost:{port}/inbox").parse().unwrap();
        Self { url, received }
    }
}

/// An exporter of a test's own, and a client that is measured there.
fn measured() -> (Exporter, ClientWithMiddleware) {
    let layer = HttpClientMetricsLayer::new(Purpose::Deliver);
    let exporter = Exporter::builder().watch(&layer).watch(&DELIVER);
    let exporter = exporter.build().unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = ClientBuilder::new(client).with(layer.on(&exporter)).build();
    (exporter, client)
}

#[derive(Debug)]
struct Alice {
    id: Url,
    keys: Keypair,
}

#[async_trait]
impl Object for Alice {
    type DataType = ();
    type Kind = Value;
    type Error = Error;

    async fn read_from_id(_: Url, _: &Data<()>) -> Result<Option<Self>, Error> {
        Ok(None)
    }

    async fn into_json(self, _: &Data<()>) -> Result<Value, Error> {
        Ok(json!({ "id": self.id, "type": "Person" }))
    }

    async fn verify(_: &Value, _: &Url, _: &Data<()>) -> Result<(), Error> {
        Ok(())
    }

    async fn from_json(_: Value, _: &Data<()>) -> Result<Self, Error> {
        Err(Error::NotFound)
    }
}

impl Actor for Alice {
    fn id(&self) -> Url {
        self.id.clone()
    }

    fn public_key_pem(&self) -> &str {
        &self.keys.public_key
    }

    fn private_key_pem(&self) -> Option<String> {
        Some(self.keys.private_key.clone())
    }

    fn inbox(&self) -> Url {
        self.id.clone()
    }
}

#[derive(Debug, serde::Serialize)]
struct Create {
    id: Url,
    actor: Url,
}

#[async_trait]
impl ActivityHandler for Create {
    type DataType = ();
    type Error = Error;

    fn id(&self) -> &Url {
        &self.id
    }

    fn actor(&self) -> &Url {
        &self.actor
    }

    async fn verify(&self, _: &Data<()>) -> Result<(), Error> {
        Ok(())
    }

    async fn receive(self, _: &Data<()>) -> Result<(), Error> {
        Ok(())
    }
}

/// One activity of hers, signed and sent by the library to an inbox that answers this, as an attempt of a job.
async fn delivered(alice: &Alice, status: u16, trusting: bool) -> (Result<(), Error>, Scrape) {
    let (exporter, client) = measured();
    let job = DELIVER.on(&exporter);
    let inbox = Inbox::answering(status).await;
    let config = FederationConfig::builder()
        .domain("social.example")
        .app_data(())
        .client(client)
        .debug(true)
        .build()
        .await
        .unwrap();
    let data = config.to_request_data();
    let create = Create {
        id: "https://social.example/create/1".parse().unwrap(),
        actor: alice.id.clone(),
    };
    let tasks = SendActivityTask::prepare(&create, alice, vec![inbox.url.clone()], &data).await;
    let task = tasks.unwrap().remove(0);

    let attempt = job.attempt(Attempt::number(1));
    let attempt = if trusting {
        attempt.trusting_verdict()
    } else {
        attempt
    };
    let result = attempt.run(task.sign_and_send(&data)).await;

    let received = inbox.received.lock().unwrap();
    let [headers] = &received[..] else {
        panic!("{received:?}")
    };
    let signature = headers["signature"].to_str().unwrap();
    assert!(
        signature.contains(r#"keyId="https://social.example/users/alice#main-key""#),
        "{signature}"
    );
    assert!(headers.contains_key("digest"));
    (result, Scrape::of(&exporter))
}

#[tokio::test]
async fn a_job_ends_with_the_reason_that_the_library_swallowed() {
    let alice = Alice {
        id: "https://social.example/users/alice".parse().unwrap(),
        keys: generate_actor_keypair().unwrap(),
    };
    for (status, reason) in [(401, "http_401"), (403, "http_403"), (410, "http_410")] {
        let (result, scrape) = delivered(&alice, status, true).await;
        result.expect("the library says that all is well");
        let lost = [("how", "discard"), ("reason", reason)];
        assert_eq!(scrape.sum("delivery_lost_total", &lost), 1.0, "{status}");
        let failed = [("outcome", "discard"), ("reason", reason)];
        assert_eq!(scrape.sum("job_failures_total", &failed), 1.0, "{status}");
        let asked = [("purpose", "deliver"), ("error_type", reason)];
        assert_eq!(scrape.sum("http_client_requests_total", &asked), 1.0);
    }

    let (result, scrape) = delivered(&alice, 202, true).await;
    result.unwrap();
    let success = [("outcome", "success")];
    assert_eq!(scrape.sum("job_finished_total", &success), 1.0);
    assert_eq!(scrape.sum("delivery_lost_total", &[]), 0.0);

    let (result, scrape) = delivered(&alice, 410, false).await;
    result.unwrap();
    assert_eq!(
        scrape.sum("job_finished_total", &success),
        1.0,
        "a job that does not ask believes the library"
    );

    let (result, scrape) = delivered(&alice, 503, true).await;
    assert!(matches!(result, Err(Error::Other(_))), "{result:?}");
    let failed = [("outcome", "exception"), ("reason", "http_503")];
    assert_eq!(scrape.sum("job_failures_total", &failed), 1.0);
}

#[tokio::test]
async fn an_error_that_became_a_text_has_the_reason_of_the_request_within() {
    let (exporter, client) = measured();
    let gone = Inbox::answering(410).await;
    let refused = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}/inbox", listener.local_addr().unwrap())
    };
    let job = DELIVER.on(&exporter);
    for url in [gone.url.as_str(), &refused] {
        let work = async {
            let answer = client.post(url).send().await;
            let answer = answer.map_err(|_| String::from("it did not work"))?;
            answer
                .error_for_status()
                .map(|_| ())
                .map_err(|error| error.to_string())
        };
        job.attempt(Attempt::number(1)).run(work).await.unwrap_err();
    }
    let scrape = Scrape::of(&exporter);
    for reason in ["http_410", "econnrefused"] {
        let failed = [("outcome", "exception"), ("reason", reason)];
        assert_eq!(scrape.sum("job_failures_total", &failed), 1.0, "{reason}");
    }
    assert_eq!(scrape.sum("http_client_active_requests", &[]), 0.0);
}

#[tokio::test]
async fn a_request_in_a_task_of_its_own_is_counted_and_not_heard() {
    let (exporter, client) = measured();
    let gone = Inbox::answering(410).await;
    let job = DELIVER.on(&exporter);
    let work = async {
        let asked = tokio::spawn(client.post(gone.url).send());
        let answer = asked.await.unwrap().unwrap();
        let refused = answer.error_for_status().map(drop);
        refused.map_err(|_| "it did not work")
    };
    let attempt = job.attempt(Attempt::number(1));
    attempt.run(work).await.unwrap_err();
    let scrape = Scrape::of(&exporter);
    let failed = [("outcome", "exception"), ("reason", "other")];
    assert_eq!(scrape.sum("job_failures_total", &failed), 1.0);
    let asked = [("error_type", "http_410")];
    assert_eq!(scrape.sum("http_client_requests_total", &asked), 1.0);
}
