//! Who is let in, while it is served.

use std::fs;
use std::future::pending;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fedimetrics_core::endpoint::{Peer, Token};
use fedimetrics_core::{Access, Exporter};
use http::Request;
use tower_service::Service;

use crate::support::{TOKEN, bearer, get, serve, until};

fn exporter() -> Exporter {
    Exporter::builder().build().unwrap()
}

fn status(address: SocketAddr, token: &str) -> u16 {
    get(address, &[("authorization", &bearer(token))]).status
}

#[test]
fn tokens_are_exchanged_while_it_serves() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("metrics.token");
    let (old, new) = (Token::generate().unwrap(), Token::generate().unwrap());
    old.write_to(&file).unwrap();
    let (_serving, address) = serve(&exporter(), Access::bearer_token_file(&file).unwrap());
    assert_eq!(status(address, old.as_str()), 200);
    assert_eq!(status(address, new.as_str()), 401);
    new.replace(&file).unwrap();
    until("the new one opens", || status(address, new.as_str()) == 200);
    assert_eq!(status(address, old.as_str()), 401);
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    // Longer than the file is left alone.
    let begun = Instant::now();
    until("a second has gone by", || {
        assert_eq!(
            status(address, new.as_str()),
            200,
            "the last good one stays"
        );
        begun.elapsed() > Duration::from_millis(1200)
    });
}

#[test]
fn any_of_several_rules_opens() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("metrics.token");
    let token = Token::generate().unwrap();
    token.write_to(&file).unwrap();
    let access = Access::bearer_tokens([TOKEN])
        .unwrap()
        .or(Access::bearer_token_file(&file).unwrap());
    assert!(!format!("{access:?}").contains(TOKEN));
    let (_serving, address) = serve(&exporter(), access);
    assert_eq!(status(address, TOKEN), 200);
    assert_eq!(status(address, token.as_str()), 200);
    assert_eq!(status(address, "neither-of-the-two-at-all"), 401);
}

#[test]
fn an_environment_variable_has_to_be_there() {
    let error = Access::bearer_token_env("FEDIMETRICS_NO_SUCH_VARIABLE").unwrap_err();
    assert!(error.is_token(), "{error}");
    assert!(
        error
            .to_string()
            .contains("FEDIMETRICS_NO_SUCH_VARIABLE is not set"),
        "{error}"
    );
    // Cargo sets it, and it is too short for a token.
    let error = Access::bearer_token_env("CARGO_PKG_VERSION_MAJOR").unwrap_err();
    assert!(error.to_string().contains("too easy to guess"), "{error}");
    // A path without blanks: as good as a token.
    let path = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let access = Access::bearer_token_env("CARGO_MANIFEST_DIR").unwrap();
    let (_serving, address) = serve(&exporter(), access);
    assert_eq!(status(address, &path), 200);
}

/// A host whose accounts are these, and how often it was asked.
fn host() -> (Access, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let access = Access::scopes(move |token: String| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            match token.as_str() {
                "of-an-administrator" => Ok(Some(vec!["read", "admin"])),
                "of-a-scraper" => Ok(Some(vec!["admin:metrics"])),
                "of-a-reader" => Ok(Some(vec!["read", "admin:read"])),
                "that-breaks-it" => panic!("as it was told"),
                "that-is-never-answered" => pending().await,
                "that-finds-no-database" => Err("the database is down"),
                _ => Ok(None),
            }
        }
    });
    (access.with_scopes_timeout(Duration::from_millis(50)), asked)
}

#[test]
fn the_host_says_what_a_token_may_do() {
    let (access, asked) = host();
    let access = access.or(Access::bearer_tokens([TOKEN]).unwrap());
    let (_serving, address) = serve(&exporter(), access);
    for (token, status, header) in [
        ("of-an-administrator", 200, None),
        ("of-a-scraper", 200, None),
        (
            "of-a-reader",
            403,
            Some((
                "www-authenticate",
                r#"Bearer error="insufficient_scope", scope="admin:metrics""#,
            )),
        ),
        (
            "of-nobody",
            401,
            Some((
                "www-authenticate",
                r#"Bearer realm="metrics", error="invalid_token""#,
            )),
        ),
        ("that-breaks-it", 503, Some(("retry-after", "1"))),
        ("that-is-never-answered", 503, Some(("retry-after", "1"))),
        ("that-finds-no-database", 503, Some(("retry-after", "1"))),
    ] {
        let reply = get(address, &[("authorization", &bearer(token))]);
        assert_eq!(reply.status, status, "{token}");
        if let Some((name, value)) = header {
            assert_eq!(reply.header(name), Some(value), "{token}");
        }
        assert_eq!(reply.body.is_empty(), status != 200);
    }
    let before = asked.load(Ordering::SeqCst);
    assert_eq!(status(address, "of-a-scraper"), 200);
    assert_eq!(asked.load(Ordering::SeqCst), before, "a yes is remembered");
    assert_eq!(status(address, "of-a-reader"), 403);
    assert_eq!(asked.load(Ordering::SeqCst), before + 1, "a no is not");
    assert_eq!(status(address, TOKEN), 200);
    assert_eq!(get(address, &[]).status, 401);
    assert_eq!(
        asked.load(Ordering::SeqCst),
        before + 1,
        "nobody is asked about those"
    );
}

#[test]
fn a_static_token_opens_while_the_host_hangs_on_all_others() {
    let access = Access::scopes(|_| pending::<Result<Option<[&str; 0]>, String>>())
        .with_scopes_timeout(Duration::from_secs(3600))
        .or(Access::bearer_tokens([TOKEN]).unwrap());
    let (_serving, address) = serve(&exporter(), access);
    let hanging: Vec<_> = (0..8)
        .map(|_| {
            use std::io::Write;
            let mut stream = crate::support::connect(address);
            write!(
                stream,
                "GET /metrics HTTP/1.1\r\nhost: x\r\nauthorization: Bearer what-is-this\r\n\r\n"
            )
            .unwrap();
            stream
        })
        .collect();
    until("no more are asked", || status(address, "one-more") == 503);
    assert_eq!(status(address, TOKEN), 200);
    drop(hanging);
}

#[test]
fn only_those_who_come_from_there_are_let_in() {
    for (addresses, expected) in [
        (["127.0.0.0/8", "::1"], 200),
        (["::ffff:127.0.0.1", "::1"], 200),
        (["192.0.2.1", "2001:db8::/32"], 403),
    ] {
        let access = Access::bearer_tokens([TOKEN])
            .unwrap()
            .with_addresses(addresses)
            .unwrap();
        let (_serving, address) = serve(&exporter(), access);
        assert_eq!(status(address, TOKEN), expected, "{addresses:?}");
        // A stranger's address decides before his token does.
        assert_eq!(
            get(address, &[]).status,
            if expected == 200 { 401 } else { 403 }
        );
        let forged = get(
            address,
            &[
                ("authorization", &bearer(TOKEN)),
                ("x-forwarded-for", "192.0.2.1"),
            ],
        );
        assert_eq!(forged.status, expected, "anybody can write that header");
    }
}

#[tokio::test]
async fn without_a_known_address_nobody_is_let_in_and_a_host_can_say_where_it_is() {
    #[derive(Clone)]
    struct ConnectInfo(SocketAddr);

    let access = Access::open().with_addresses(["192.0.2.0/24"]).unwrap();
    let from = |extension: fn(&mut Request<()>)| {
        let mut request = Request::new(());
        extension(&mut request);
        request
    };
    let unknown = from(|_| {});
    let ours = from(|request| {
        let peer = Peer("[::ffff:192.0.2.7]:5000".parse().unwrap());
        request.extensions_mut().insert(peer);
    });
    let hosts = from(|request| {
        let peer = ConnectInfo("192.0.2.7:5000".parse().unwrap());
        request.extensions_mut().insert(peer);
    });
    let mut endpoint = exporter().endpoint(access.clone());
    for (request, status) in [(unknown, 403), (ours, 200), (hosts.clone(), 403)] {
        let Ok(response) = endpoint.call(request).await;
        assert_eq!(response.status().as_u16(), status);
    }
    let find = |extensions: &http::Extensions| -> Option<IpAddr> {
        extensions.get::<ConnectInfo>().map(|info| info.0.ip())
    };
    let Ok(response) = exporter()
        .endpoint(access.with_peer(find))
        .call(hosts)
        .await;
    assert_eq!(response.status(), 200);
}

#[tokio::test]
async fn two_lists_of_addresses_have_to_hold_both() {
    let access = Access::open()
        .with_addresses(["10.0.0.0/8"])
        .unwrap()
        .with_addresses(["10.1.0.0/16", "192.0.2.1"])
        .unwrap();
    let mut endpoint = exporter().endpoint(access);
    for (peer, status) in [
        ("10.1.2.3:1", 200),
        ("10.2.0.1:1", 403),
        ("192.0.2.1:1", 403),
    ] {
        let mut request = Request::new(());
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        let Ok(response) = endpoint.call(request).await;
        assert_eq!(response.status().as_u16(), status, "{peer}");
    }
}
