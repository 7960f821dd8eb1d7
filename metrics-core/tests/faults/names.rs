//! Names that do not resolve, through hickory and through the clients that ask it.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use fedimetrics_core::{Failure, Reason};

use crate::clients::{Given, Library};
use crate::nameserver::nameserver;

/// How long a resolver waits for an answer.
const SOON: Duration = Duration::from_millis(300);

/// What the nameserver does, and what that is called.
const FAULTS: &[(&str, Reason)] = &[
    ("nxdomain.example.", Reason::Nxdomain),
    ("nodata.example.", Reason::DnsNodata),
    ("servfail.example.", Reason::DnsServfail),
    ("refused.example.", Reason::DnsRefused),
    ("silence.example.", Reason::DnsTimeout),
];

/// hickory 0.25, as reqwest 0.12 can be told to use it.
#[derive(Clone)]
pub(crate) struct Resolver025(hickory_resolver_0_25::TokioResolver);

impl Resolver025 {
    pub(crate) fn asking(nameserver: SocketAddr) -> Self {
        use hickory_resolver_0_25::TokioResolver;
        use hickory_resolver_0_25::config::{NameServerConfig, ResolverConfig};
        use hickory_resolver_0_25::name_server::TokioConnectionProvider;
        use hickory_resolver_0_25::proto::xfer::Protocol;

        let server = NameServerConfig::new(nameserver, Protocol::Udp);
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
        let provider = TokioConnectionProvider::default();
        let mut builder = TokioResolver::builder_with_config(config, provider);
        builder.options_mut().timeout = SOON;
        builder.options_mut().attempts = 1;
        Self(builder.build())
    }
}

/// hickory 0.26, as reqwest 0.13 can be told to use it.
#[derive(Clone)]
pub(crate) struct Resolver026(hickory_resolver::TokioResolver);

impl Resolver026 {
    pub(crate) fn asking(nameserver: SocketAddr) -> Self {
        use hickory_resolver::TokioResolver;
        use hickory_resolver::config::{NameServerConfig, ResolverConfig};
        use hickory_resolver::net::runtime::TokioRuntimeProvider;

        let mut server = NameServerConfig::udp(nameserver.ip());
        server.connections[0].port = nameserver.port();
        let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
        let provider = TokioRuntimeProvider::default();
        let mut builder = TokioResolver::builder_with_config(config, provider);
        builder.options_mut().timeout = SOON;
        builder.options_mut().attempts = 1;
        Self(builder.build().unwrap())
    }
}

macro_rules! resolves {
    ($resolver:ident, $reqwest:ident) => {
        impl $reqwest::dns::Resolve for $resolver {
            fn resolve(&self, name: $reqwest::dns::Name) -> $reqwest::dns::Resolving {
                let Self(resolver) = self.clone();
                Box::pin(async move {
                    let found: Vec<IpAddr> =
                        resolver.lookup_ip(name.as_str()).await?.iter().collect();
                    let found = found.into_iter().map(|ip| SocketAddr::new(ip, 0));
                    Ok(Box::new(found) as $reqwest::dns::Addrs)
                })
            }
        }
    };
}

resolves!(Resolver025, reqwest_0_12);
resolves!(Resolver026, reqwest_0_13);

#[tokio::test]
async fn each_answer_of_a_nameserver_has_a_reason_through_hickory() {
    let nameserver = nameserver("127.0.0.1:0").await;
    let (old, new) = (
        Resolver025::asking(nameserver),
        Resolver026::asking(nameserver),
    );
    for (name, reason) in FAULTS {
        let error = old.0.lookup_ip(*name).await.unwrap_err();
        assert_eq!(error.reason(), *reason, "0.25, {name}: {error:?}");
        let error = new.0.lookup_ip(*name).await.unwrap_err();
        assert_eq!(error.reason(), *reason, "0.26, {name}: {error:?}");
    }
}

#[tokio::test]
async fn each_answer_of_a_nameserver_has_a_reason_through_a_client() {
    let given = Given {
        nameserver: Some(nameserver("127.0.0.1:0").await),
        ..Given::default()
    };
    for (name, reason) in FAULTS {
        for library in Library::REQWESTS {
            library
                .fails(name, &format!("http://{name}/"), &given, *reason)
                .await;
        }
    }
}

#[tokio::test]
async fn a_resolver_that_is_not_there_is_ours_to_mend() {
    let nobody = {
        let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.local_addr().unwrap()
    };
    let errors: [(&str, Reason); 2] = [
        (
            "0.25",
            Resolver025::asking(nobody)
                .0
                .lookup_ip("a.example.")
                .await
                .unwrap_err()
                .reason(),
        ),
        (
            "0.26",
            Resolver026::asking(nobody)
                .0
                .lookup_ip("a.example.")
                .await
                .unwrap_err()
                .reason(),
        ),
    ];
    for (version, reason) in errors {
        assert_eq!(reason.blame().as_str(), "us", "{version}: {reason}");
        assert_ne!(reason, Reason::Econnrefused, "{version}");
    }
}

#[tokio::test]
async fn a_connect_timeout_that_is_shorter_than_the_resolvers_covers_it() {
    let given = Given {
        nameserver: Some(nameserver("127.0.0.1:0").await),
        connect_timeout: SOON / 3,
        ..Given::default()
    };
    for library in Library::REQWESTS {
        let url = "http://silence.example./";
        library
            .fails("silence", url, &given, Reason::ConnectTimeout)
            .await;
    }
}
