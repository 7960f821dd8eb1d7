//! Without axum: a tower service of one's own over hyper, whose router says by a hook what it matched.

use std::convert::Infallible;

use bytes::Bytes;
use fedimetrics_core::{Exporter, testing::Scrape};
use fedimetrics_tower::{HttpMetricsLayer, Surface};
use http::{Request, Response, StatusCode};
use http_body_util::Full;
use http_examples::read;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use tokio::net::TcpListener;
use tower::{ServiceBuilder, service_fn};

/// What this server's router knows.
fn template(path: &str) -> Option<&'static str> {
    match path.split('/').collect::<Vec<_>>()[..] {
        ["", "actors", _] => Some("/actors/{name}"),
        ["", "emoji", _] => Some("/emoji/{name}"),
        _ => None,
    }
}

async fn serve(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let known = template(request.uri().path()).is_some();
    let mut response = Response::new(Full::from("hello"));
    if !known {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    Ok(response)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let http = HttpMetricsLayer::new()
        .with_route_template(|asked| template(asked.uri().path()))
        .with_surface(|asked| match asked.route() {
            Some("/emoji/{name}") => Surface::Media,
            _ => asked.surface(),
        });
    let exporter = Exporter::builder().watch(&http).install()?;
    let service = ServiceBuilder::new().layer(http).service(service_fn(serve));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let service = TowerToHyperService::new(service.clone());
            let serving = http1::Builder::new().serve_connection(TokioIo::new(socket), service);
            tokio::spawn(serving);
        }
    });

    for path in ["/actors/alice", "/emoji/blobcat", "/nowhere"] {
        read(address, path).await?;
    }

    let scrape = Scrape::of(&exporter);
    for (route, surface) in [
        ("/actors/{name}", "web"),
        ("/emoji/{name}", "media"),
        ("unmatched", "unmatched"),
    ] {
        let labels = [("http_route", route), ("surface", surface)];
        assert_eq!(scrape.sum("http_server_requests_total", &labels), 1.0);
    }
    Ok(())
}
