//! Every request that this server makes of others goes through here.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use fedimetrics_core::Reason;
use fedimetrics_core::stage::{FETCH, stage};
use fedimetrics_tower::HttpClientMetricsLayer;
pub use fedimetrics_tower::Purpose;
use http::Extensions;
use reqwest::{Certificate, Client, Request, Response, redirect::Policy};
use reqwest_middleware_0_5::{ClientBuilder, ClientWithMiddleware, Error};

use crate::{budget::Budget, names::Names};

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(1);
/// How long a whole exchange may take.
const WHOLE: Duration = Duration::from_millis(2500);
/// How much of a remote document is read.
const DOCUMENT: usize = 256 * 1024;

/// The server's one HTTP client.
#[derive(Clone, Debug)]
pub struct Outgoing {
    client: ClientWithMiddleware,
    names: Names,
    budget: Budget,
}

/// Why a remote document could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The request failed on its way.
    #[error("the document could not be fetched")]
    Request(#[source] Error),
    /// The server answered with another status than success.
    #[error("the server answered {0}")]
    Status(#[source] Reason),
    /// The document is larger than anything we would read.
    #[error("the document is too large")]
    TooLarge(#[source] Reason),
}

impl Outgoing {
    /// A client that trusts these authorities, and no other. What becomes of its requests is counted by `metrics`.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up.
    pub fn new(
        authorities: Vec<Certificate>,
        metrics: HttpClientMetricsLayer,
    ) -> Result<Self, reqwest::Error> {
        let names = Names::default();
        let client = Client::builder()
            .user_agent(concat!("fediverse/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .timeout(WHOLE)
            .redirect(Policy::limited(2))
            .pool_idle_timeout(Duration::from_secs(5))
            .tls_certs_only(authorities)
            .no_proxy()
            .dns_resolver(names.clone())
            .build()?;
        Ok(Self {
            client: ClientBuilder::new(client).with(metrics).build(),
            names,
            budget: Budget::default(),
        })
    }

    /// How it finds others by their names.
    #[must_use]
    pub const fn names(&self) -> &Names {
        &self.names
    }

    /// How much may be asked.
    #[must_use]
    pub const fn budget(&self) -> &Budget {
        &self.budget
    }

    /// Sends one request. The purpose tells what for; all of them are sent from here.
    ///
    /// # Errors
    ///
    /// When no response head came back.
    pub async fn send(&self, purpose: Purpose, request: Request) -> Result<Response, Error> {
        self.budget.take().map_err(Error::middleware)?;
        tracing::trace!(?purpose, method = %request.method(), url = %request.url(), "outgoing request");
        let mut extensions = Extensions::new();
        extensions.insert(purpose);
        let sent = self
            .client
            .execute_with_extensions(request, &mut extensions);
        stage(FETCH, sent).await
    }

    /// Reads a document of a bounded size.
    ///
    /// # Errors
    ///
    /// When there is none, or it is too large.
    pub async fn fetch(
        &self,
        purpose: Purpose,
        url: &str,
        accept: &str,
    ) -> Result<Bytes, FetchError> {
        let request = self
            .client
            .get(url)
            .header(http::header::ACCEPT, accept)
            .build()
            .map_err(broken)?;
        let mut response = self
            .send(purpose, request)
            .await
            .map_err(FetchError::Request)?;
        if !response.status().is_success() {
            return Err(FetchError::Status(Reason::http(response.status().as_u16())));
        }
        let mut document = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            if document.len() + chunk.len() > DOCUMENT {
                return Err(FetchError::TooLarge(Reason::TooLarge));
            }
            document.extend_from_slice(&chunk);
        }
        Ok(document.freeze())
    }
}

fn broken(error: reqwest::Error) -> FetchError {
    FetchError::Request(error.into())
}
