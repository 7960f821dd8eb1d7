//! What each request is answered, polled without a socket.

use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower_service::Service;

use super::*;
use crate::catalogue::CODES;
use crate::exporter::Exporter;
use crate::testing::Scrape;

const TOKEN: &str = "c2NyYXBlIG1lIGdlbnRseQ";

async fn ask(
    endpoint: &mut Endpoint,
    method: &str,
    token: Option<&str>,
) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri("/metrics");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, token);
    }
    let Ok(response) = endpoint.call(request.body(()).unwrap()).await;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (
        parts.status,
        parts.headers,
        String::from_utf8(body.into()).unwrap(),
    )
}

fn guarded() -> (Exporter, Endpoint) {
    let exporter = Exporter::builder().build().unwrap();
    let endpoint =
        exporter.endpoint(Access::bearer_tokens([TOKEN, "the-one-before-the-last"]).unwrap());
    (exporter, endpoint)
}

#[tokio::test]
async fn it_is_closed_unless_it_is_opened() {
    let exporter = Exporter::builder().build().unwrap();
    let (status, _, body) = ask(
        &mut exporter.endpoint(Access::default()),
        "GET",
        Some(&format!("Bearer {TOKEN}")),
    )
    .await;
    assert_eq!((status, body.as_str()), (StatusCode::FORBIDDEN, ""));
    let (status, ..) = ask(&mut exporter.endpoint(Access::open()), "GET", None).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn only_a_known_token_opens_it() {
    let (_, mut endpoint) = guarded();
    for wrong in [
        None,
        Some("Bearer "),
        Some("Bearer c2NyYXBlIG1lIGdlbnRsex"),
        Some("Basic c2NyYXBlIG1lIGdlbnRseQ"),
        Some(TOKEN),
    ] {
        let (status, headers, body) = ask(&mut endpoint, "GET", wrong).await;
        assert_eq!(
            (status, body.as_str()),
            (StatusCode::UNAUTHORIZED, ""),
            "{wrong:?}"
        );
        let says = match wrong {
            Some("Bearer c2NyYXBlIG1lIGdlbnRsex") => {
                r#"Bearer realm="metrics", error="invalid_token""#
            }
            _ => r#"Bearer realm="metrics""#,
        };
        assert_eq!(headers[header::WWW_AUTHENTICATE], says, "{wrong:?}");
    }
    for right in [
        "Bearer c2NyYXBlIG1lIGdlbnRseQ",
        "bearer c2NyYXBlIG1lIGdlbnRseQ",
        "Bearer the-one-before-the-last",
    ] {
        let (status, headers, body) = ask(&mut endpoint, "GET", Some(right)).await;
        assert_eq!(status, StatusCode::OK, "{right}");
        assert_eq!(
            headers[header::CONTENT_TYPE],
            "text/plain; version=0.0.4; charset=utf-8"
        );
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert!(body.contains("# TYPE exporter_scrapes_total counter"));
    }
}

#[tokio::test]
async fn two_authorization_headers_are_none() {
    let (_, mut endpoint) = guarded();
    let right = format!("Bearer {TOKEN}");
    let request = Request::builder()
        .header(header::AUTHORIZATION, &right)
        .header(header::AUTHORIZATION, &right);
    let Ok(response) = endpoint.call(request.body(()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn other_methods_are_told_which_ones_work() {
    let (_, mut endpoint) = guarded();
    let right = format!("Bearer {TOKEN}");
    let (status, headers, _) = ask(&mut endpoint, "POST", Some(&right)).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(headers[header::ALLOW], "GET, HEAD");
    let (status, headers, body) = ask(&mut endpoint, "HEAD", Some(&right)).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, ""));
    assert_eq!(
        headers[header::CONTENT_TYPE],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let (status, ..) = ask(&mut endpoint, "POST", None).await;
    assert_eq!(
        status,
        StatusCode::UNAUTHORIZED,
        "a stranger learns nothing"
    );
}

#[tokio::test]
async fn it_counts_how_it_was_answered() {
    let (exporter, mut endpoint) = guarded();
    let born: Vec<_> = Scrape::of(&exporter)
        .matching("exporter_scrapes_total", &[])
        .map(|line| line.value)
        .collect();
    assert_eq!(born, [0.0; CODES.len()]);
    ask(&mut endpoint, "GET", None).await;
    ask(&mut endpoint, "GET", Some(&format!("Bearer {TOKEN}"))).await;
    let scrape = Scrape::of(&exporter);
    assert_eq!(
        scrape.value("exporter_scrapes_total", &[("code", "401")]),
        Some(1.0)
    );
    assert_eq!(
        scrape.value("exporter_scrapes_total", &[("code", "200")]),
        Some(1.0)
    );
}

#[test]
fn a_token_file_says_what_is_wrong_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("metrics.token");
    let missing = Access::bearer_token_file(&file).unwrap_err();
    assert!(
        missing.is_token() && missing.to_string().contains("cannot read the token file"),
        "{missing}"
    );
    for (text, says) in [
        ("\n# none yet\n", "holds no token"),
        ("secret\n", "too easy to guess"),
        ("with blank in the middle\n", "too easy"),
    ] {
        std::fs::write(&file, text).unwrap();
        let error = Access::bearer_token_file(&file).unwrap_err();
        assert!(
            error.is_token() && error.to_string().contains(says),
            "{error}"
        );
        assert!(
            !error.to_string().contains("secret"),
            "a token is never shown"
        );
    }
    std::fs::write(&file, format!("# for prometheus\n{TOKEN}\n\n")).unwrap();
    assert_eq!(
        format!("{:?}", Access::bearer_token_file(&file).unwrap()),
        "Access[tokens in a file: 1]"
    );
}
