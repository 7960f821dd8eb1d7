//! Destination: where a push goes, under which labels, and who sends it.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use http::uri::{Authority, Scheme, Uri};

use super::{Problem, group};

/// Where a push goes, under which labels, and who sends it.
///
/// | setting | default |
/// | --- | --- |
/// | labels beside `job` | none |
/// | credentials | none |
/// | gzip | off: a Pushgateway before 1.5 does not understand it |
/// | time for one attempt | 10 s |
#[derive(Clone)]
#[must_use = "a destination does nothing until Exporter::pusher takes it"]
pub struct Destination {
    kind: Kind,
    address: String,
    labels: Vec<(String, String)>,
    credentials: Option<String>,
    pub(super) gzip: bool,
    pub(super) timeout: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Pushgateway,
    VictoriaMetrics,
}

/// What a request needs, checked once.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) authority: Authority,
    pub(super) path: Uri,
    pub(super) credentials: Option<HeaderValue>,
    /// For messages: the address without what was hung on to it.
    pub(super) shown: String,
    pub(super) deletable: bool,
}

impl Destination {
    /// A Pushgateway, such as `http://127.0.0.1:9091`. Each push replaces the one before it of the same job and labels.
    pub fn pushgateway(address: impl Into<String>, job: impl Into<String>) -> Self {
        Self::new(Kind::Pushgateway, address.into(), job.into())
    }

    /// VictoriaMetrics or vmagent, such as `http://127.0.0.1:8428`; in a cluster with the path of the tenant, such as
    /// `http://vminsert:8480/insert/0/prometheus`.
    pub fn victoria_metrics(address: impl Into<String>, job: impl Into<String>) -> Self {
        Self::new(Kind::VictoriaMetrics, address.into(), job.into())
    }

    fn new(kind: Kind, address: String, job: String) -> Self {
        Self {
            kind,
            address,
            labels: vec![("job".to_owned(), job)],
            credentials: None,
            gzip: false,
            timeout: Duration::from_secs(10),
        }
    }

    /// Puts a label on every series. Two processes that push at the same time need one that tells them apart, such as
    /// `instance`.
    pub fn with_label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((key.into(), value.into()));
        self
    }

    /// Sends `Authorization: Bearer …`.
    pub fn with_bearer_token(mut self, token: impl fmt::Display) -> Self {
        self.credentials = Some(format!("Bearer {token}"));
        self
    }

    /// Sends `Authorization: Basic …`.
    pub fn with_basic_auth(mut self, user: impl fmt::Display, password: impl fmt::Display) -> Self {
        let pair = STANDARD.encode(format!("{user}:{password}"));
        self.credentials = Some(format!("Basic {pair}"));
        self
    }

    /// Sends the text compressed. Defaults to off.
    pub const fn with_gzip(mut self) -> Self {
        self.gzip = true;
        self
    }

    /// How long one attempt may take. Defaults to 10 seconds.
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    pub(super) fn check(&self) -> Result<Place, Problem> {
        if self.address.contains('@') {
            return Err(Problem::CredentialsInAddress);
        }
        let address = |hint| Problem::Address(self.address.clone(), hint);
        let uri: Uri = self
            .address
            .parse()
            .map_err(|_| address("write it as `http://127.0.0.1:9091`"))?;
        if uri.scheme() == Some(&Scheme::HTTPS) {
            return Err(address(
                "TLS is not spoken here; push to an agent on this host over `http://`, such as vmagent, and let that one send it on",
            ));
        }
        let (Some(authority), true) = (uri.authority(), uri.scheme() == Some(&Scheme::HTTP)) else {
            return Err(address("write it as `http://127.0.0.1:9091`"));
        };
        if uri.query().is_some() {
            return Err(address("leave out the `?` and what follows it"));
        }
        for (place, (key, _)) in self.labels.iter().enumerate() {
            let before = self.labels.iter().take(place);
            if !is_label(key) || before.clone().any(|(known, _)| known == key) {
                return Err(Problem::Label(key.clone()));
            }
        }
        let prefix = uri.path().trim_end_matches('/');
        let path = match self.kind {
            Kind::Pushgateway => group::pushgateway(&self.labels),
            Kind::VictoriaMetrics => group::victoria_metrics(&self.labels),
        };
        let path = format!("{prefix}{path}")
            .parse()
            .map_err(|_| address("what is behind the host is no path"))?;
        let credentials = self.credentials.as_deref().map(HeaderValue::from_str);
        let mut credentials = credentials.transpose().map_err(|_| Problem::Credentials)?;
        if let Some(credentials) = &mut credentials {
            credentials.set_sensitive(true);
        }
        Ok(Place {
            authority: authority.clone(),
            path,
            credentials,
            shown: format!("http://{authority}{prefix}"),
            deletable: self.kind == Kind::Pushgateway,
        })
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Destination")
            .field("kind", &self.kind)
            .field("labels", &self.labels)
            .field("gzip", &self.gzip)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

fn is_label(key: &str) -> bool {
    !key.is_empty()
        && !key.starts_with("__")
        && !key.starts_with(|first: char| first.is_ascii_digit())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
