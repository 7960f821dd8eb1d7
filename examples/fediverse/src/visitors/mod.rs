//! Visitors: whoever asks a server of the fediverse for something, of good will or not.

mod dice;
mod flood;
mod leavers;
mod listeners;
mod people;
mod scanners;
mod servers;

use std::{sync::Arc, time::Duration};

use reqwest::{Client, RequestBuilder, StatusCode};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    App,
    neighbours::{Manner, Neighbours},
};
use dice::Dice;

/// One visitor's way to the server.
#[derive(Clone, Debug)]
struct Visitor {
    base: Arc<str>,
    client: Client,
}

impl Visitor {
    fn new(app: &App, agent: &str) -> Option<Self> {
        let client = Client::builder()
            .user_agent(agent)
            .timeout(Duration::from_secs(20))
            .no_proxy()
            .tls_certs_only([])
            .build()
            .ok()?;
        Some(Self {
            base: app.base.as_str().into(),
            client,
        })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// Asks, and reads the answer to its end.
    async fn ask(&self, request: RequestBuilder) -> Option<(StatusCode, bytes::Bytes)> {
        let response = request.send().await.ok()?;
        let status = response.status();
        Some((status, response.bytes().await.ok()?))
    }

    async fn get(&self, path: &str) -> Option<(StatusCode, bytes::Bytes)> {
        self.ask(self.client.get(self.url(path))).await
    }
}

/// Lets them come until `rest`.
pub fn come(
    app: &Arc<App>,
    neighbours: Option<&Neighbours>,
    rest: &CancellationToken,
    tasks: &mut JoinSet<()>,
) {
    let address = |manner| {
        neighbours
            .and_then(|all| all.get(manner))
            .map(|neighbour| neighbour.base.clone())
    };
    let pages: Vec<String> = [Manner::Well, Manner::Secure, Manner::Gone, Manner::Well]
        .into_iter()
        .zip(["news", "essay", "news", "untitled"])
        .filter_map(|(manner, page)| address(manner).map(|base| format!("{base}/pages/{page}")))
        .collect();

    let mut send = |visitor: Option<Visitor>, way: &dyn Fn(Visitor) -> Way| {
        let Some(visitor) = visitor else { return };
        let (rest, way) = (rest.clone(), way(visitor));
        tasks.spawn(async move {
            rest.run_until_cancelled(way).await;
        });
    };
    for (number, user) in app.users.iter().enumerate() {
        let (user, pages) = (user.name.as_str(), &pages);
        send(Visitor::new(app, "app/1.0"), &|visitor| {
            Box::pin(people::live(
                visitor,
                user.to_owned(),
                pages.clone(),
                Dice::new(number),
            ))
        });
    }
    for number in 10..12 {
        let domain = app.domain();
        send(
            Visitor::new(app, "otherserver/4.3 (+https://elsewhere.example)"),
            &|visitor| Box::pin(servers::read(visitor, domain.to_owned(), Dice::new(number))),
        );
    }
    send(Visitor::new(app, "curious/0.1"), &|visitor| {
        Box::pin(scanners::scan(visitor, Dice::new(20)))
    });
    for number in 30..33 {
        send(Visitor::new(app, "app/1.0"), &|visitor| {
            Box::pin(listeners::listen(visitor, Dice::new(number)))
        });
    }
    send(Visitor::new(app, "train/1.0"), &|visitor| {
        Box::pin(leavers::leave(
            visitor,
            address(Manner::Hang),
            Dice::new(40),
        ))
    });
    send(Visitor::new(app, "crowd/1.0"), &|visitor| {
        Box::pin(flood::flood(visitor))
    });
}

/// What a visitor does, for ever.
type Way = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;
