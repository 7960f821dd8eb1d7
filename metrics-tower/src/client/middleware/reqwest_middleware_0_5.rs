//! reqwest-middleware 0.5, and with it reqwest 0.13.

use async_trait::async_trait;
use http::Extensions;
use reqwest_middleware_0_5::reqwest::{Request, Response};
use reqwest_middleware_0_5::{Middleware, Next, Result};

use super::{HttpClientMetricsLayer, answered};

#[async_trait]
impl Middleware for HttpClientMetricsLayer {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let exchange = self.open(extensions, request.method(), request.url().host_str());
        answered(exchange, || next.run(request, extensions), Response::status).await
    }
}
