//! The clients that fediverse servers send with, each with the layer where a host would put it.

use std::error::Error;
use std::time::Duration;

use bytes::Bytes;
use fedimetrics_tower::{HttpClientMetricsLayer, Purpose};
use http::Request;
use http_body_util::Full;
use hyper_util::client::legacy::Client as Legacy;
use hyper_util::rt::TokioExecutor;
use reqwest_middleware_0_3 as middleware_0_3;
use reqwest_middleware_0_5 as middleware_0_5;
use tower::{ServiceBuilder, ServiceExt};

/// How long they wait for a server.
const PATIENCE: Duration = Duration::from_millis(700);

/// How long they wait where a name has to be looked up: the machine's resolver takes what time it takes.
const LOOKED_UP: Duration = Duration::from_secs(30);

pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Client {
    /// hyper-util's legacy client, bare: its error has a type.
    HyperUtil,
    /// The same in a stack of tower's, whose timeout boxes the error.
    Tower,
    /// reqwest 0.12 through reqwest-middleware 0.3.
    Reqwest012,
    /// reqwest 0.13 through reqwest-middleware 0.5.
    Reqwest013,
}

impl Client {
    pub(crate) const ALL: [Self; 4] = [
        Self::HyperUtil,
        Self::Tower,
        Self::Reqwest012,
        Self::Reqwest013,
    ];

    /// Whether it gives up by itself.
    pub(crate) const fn has_timeout(self) -> bool {
        !matches!(self, Self::HyperUtil)
    }

    /// Posts to this address, and tells the status.
    pub(crate) async fn post(
        self,
        layer: HttpClientMetricsLayer,
        url: &str,
        purpose: Option<Purpose>,
    ) -> Result<u16, BoxError> {
        let request = || {
            let mut request = Request::post(url).body(Full::<Bytes>::from("{}")).unwrap();
            purpose.map(|purpose| request.extensions_mut().insert(purpose));
            request
        };
        let named = url.contains(".invalid");
        let patience = if named { LOOKED_UP } else { PATIENCE };
        let hyper_util = || Legacy::builder(TokioExecutor::new()).build_http();
        match self {
            Self::HyperUtil => {
                let client = ServiceBuilder::new().layer(layer).service(hyper_util());
                Ok(client.oneshot(request()).await?.status().as_u16())
            }
            Self::Tower => {
                let client = ServiceBuilder::new()
                    .layer(layer.with_boxed_errors())
                    .timeout(patience)
                    .service(hyper_util());
                Ok(client.oneshot(request()).await?.status().as_u16())
            }
            Self::Reqwest012 => {
                let client = middleware_0_3::reqwest::Client::builder().no_proxy();
                let client = middleware_0_3::ClientBuilder::new(client.timeout(patience).build()?)
                    .with(layer)
                    .build();
                let mut request = client.post(url).body("{}");
                request.extensions().extend(purpose_in(purpose));
                Ok(request.send().await?.status().as_u16())
            }
            Self::Reqwest013 => {
                // No certificates and no provider of the machine's: nothing here is over TLS.
                rustls::crypto::ring::default_provider()
                    .install_default()
                    .ok();
                let client = middleware_0_5::reqwest::Client::builder()
                    .no_proxy()
                    .tls_certs_only([]);
                let client = middleware_0_5::ClientBuilder::new(client.timeout(patience).build()?)
                    .with(layer)
                    .build();
                let mut request = client.post(url).body("{}");
                request.extensions().extend(purpose_in(purpose));
                Ok(request.send().await?.status().as_u16())
            }
        }
    }
}

fn purpose_in(purpose: Option<Purpose>) -> http::Extensions {
    let mut extensions = http::Extensions::new();
    purpose.map(|purpose| extensions.insert(purpose));
    extensions
}
