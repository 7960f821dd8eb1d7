//! Library: what servers send with, and one request through each.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use fedimetrics_core::{Failure, Reason};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Body, Bytes};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::certificates;
use crate::names::{Resolver025, Resolver026};

pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// What a request is made with.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) tls: Option<ClientConfig>,
    pub(crate) connect_timeout: Duration,
    pub(crate) timeout: Duration,
    pub(crate) body_limit: Option<usize>,
    /// To begin with HTTP/2 at once.
    pub(crate) http2: bool,
    /// The nameserver to ask, instead of the system.
    pub(crate) nameserver: Option<SocketAddr>,
}

impl Default for Given {
    fn default() -> Self {
        Self {
            tls: None,
            connect_timeout: Duration::from_secs(20),
            timeout: Duration::from_secs(20),
            body_limit: None,
            http2: false,
            nameserver: None,
        }
    }
}

/// What servers send with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Library {
    Reqwest012,
    Reqwest013,
    Hyper,
}

macro_rules! through_reqwest {
    ($name:ident, $reqwest:ident, $preconfigured:ident, $resolver:ident) => {
        async fn $name(url: &str, given: &Given) -> Result<(), BoxError> {
            // The library has no TLS of its own: two providers are compiled in.
            let tls = given
                .tls
                .clone()
                .unwrap_or_else(certificates::trusting_nobody);
            let mut client = $reqwest::Client::builder()
                .no_proxy()
                // The system's resolver, unless there is another one.
                .no_hickory_dns()
                .connect_timeout(given.connect_timeout)
                .timeout(given.timeout)
                .$preconfigured(tls);
            if given.http2 {
                client = client.http2_prior_knowledge();
            }
            if let Some(nameserver) = given.nameserver {
                client = client.dns_resolver(Arc::new($resolver::asking(nameserver)));
            }
            let answer = client.build()?.get(url).send().await?.error_for_status()?;
            match given.body_limit {
                Some(limit) => read($reqwest::Body::from(answer), limit).await,
                None => answer.bytes().await.map(drop).map_err(Into::into),
            }
        }
    };
}

through_reqwest!(
    reqwest_0_12,
    reqwest_0_12,
    use_preconfigured_tls,
    Resolver025
);
through_reqwest!(
    reqwest_0_13,
    reqwest_0_13,
    tls_backend_preconfigured,
    Resolver026
);

/// Plain hyper, as a host would use it: what it answers is told by its status, and its timeout is tokio's.
async fn hyper(url: &str, given: &Given) -> Result<(), BoxError> {
    let asked = async {
        let answer = match &given.tls {
            Some(tls) => over_tls(url, tls).await?,
            None => {
                let mut connector = HttpConnector::new();
                connector.set_connect_timeout(Some(given.connect_timeout));
                let mut client = Client::builder(TokioExecutor::new());
                let client = client.http2_only(given.http2).build(connector);
                let request = http::Request::get(url).body(Empty::<Bytes>::new())?;
                client.request(request).await?
            }
        };
        if !answer.status().is_success() {
            return Err(Reason::http(answer.status().as_u16()).into());
        }
        read(answer.into_body(), given.body_limit.unwrap_or(usize::MAX)).await
    };
    tokio::time::timeout(given.timeout, asked).await?
}

async fn over_tls(
    url: &str,
    tls: &ClientConfig,
) -> Result<http::Response<hyper::body::Incoming>, BoxError> {
    let authority = url.parse::<http::Uri>()?.authority().unwrap().clone();
    let stream = TcpStream::connect(authority.as_str()).await?;
    let connector = TlsConnector::from(Arc::new(tls.clone()));
    let host = authority.host().to_owned().try_into()?;
    let stream = connector.connect(host, stream).await?;
    let (mut send, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = http::Request::get("/").header("host", authority.as_str());
    Ok(send
        .send_request(request.body(Empty::<Bytes>::new())?)
        .await?)
}

async fn read<B: Body<Error: Into<BoxError>>>(body: B, limit: usize) -> Result<(), BoxError> {
    Limited::new(body, limit).collect().await.map(drop)
}

impl Library {
    pub(crate) const ALL: [Self; 3] = [Self::Reqwest012, Self::Reqwest013, Self::Hyper];

    /// The ones that follow redirects and resolve names by themselves.
    pub(crate) const REQWESTS: [Self; 2] = [Self::Reqwest012, Self::Reqwest013];

    pub(crate) async fn get(self, url: &str, given: &Given) -> Result<(), BoxError> {
        match self {
            Self::Reqwest012 => reqwest_0_12(url, given).await,
            Self::Reqwest013 => reqwest_0_13(url, given).await,
            Self::Hyper => hyper(url, given).await,
        }
    }

    /// Makes a request that fails, and holds the reason in its error against what it must be.
    pub(crate) async fn fails(self, fault: &str, url: &str, given: &Given, reason: Reason) {
        let error = match self.get(url, given).await {
            Ok(()) => panic!("{self:?}, {fault}: all is well"),
            Err(error) => error,
        };
        assert_eq!(error.reason(), reason, "{self:?}, {fault}: {error:?}");
    }
}
