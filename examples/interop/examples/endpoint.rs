//! Endpoint: our access rules, formats and compression around the text of `metrics-exporter-prometheus`, and what our
//! collectors read behind it.

use fedimetrics_core::{Access, Endpoint, Exporter, Role, Service, testing::Scrape};
use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use metrics_exporter_prometheus::PrometheusBuilder;
use tower::ServiceExt;

const TOKEN: &str = "c2NyYXBlIG1lIGdlbnRseQ";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let handle = PrometheusBuilder::new().install_recorder()?;
    metrics::counter!("demo_follows_total").increment(2);

    // Built and not installed: it holds no numbers here, only collectors.
    let collectors = Exporter::builder()
        .with_service(Service::new("fediverse", "1.2.3").with_role(Role::Web))
        .with_runtime_gauges()
        .build()?;
    let endpoint = Endpoint::over(move || handle.render(), Access::bearer_tokens([TOKEN])?)
        .with_collectors_of(&collectors);

    let stranger = Request::get("/metrics").body(Empty::<&[u8]>::new())?;
    let refused = endpoint.clone().oneshot(stranger).await?;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);

    let scraper = Request::get("/metrics")
        .header(header::AUTHORIZATION, format!("Bearer {TOKEN}"))
        .body(Empty::<&[u8]>::new())?;
    let answer = endpoint.oneshot(scraper).await?;
    assert_eq!(
        answer.headers()[header::CONTENT_TYPE],
        "text/plain; version=0.0.4; charset=utf-8"
    );
    let body = answer.into_body().collect().await?.to_bytes();
    let scrape = Scrape::parse(std::str::from_utf8(&body)?);
    assert_eq!(scrape.value("demo_follows_total", &[]), Some(2.0));
    assert_eq!(
        scrape.value("service_build_info", &[("role", "web")]),
        Some(1.0)
    );
    assert_eq!(
        scrape.value("exporter_scrapes_total", &[("code", "401")]),
        Some(1.0)
    );
    Ok(())
}
