//! Identity: a layer that does nothing. What it costs is what any layer costs there.

use std::task::{Context, Poll};

use tower_layer::Layer;
use tower_service::Service;

/// A layer, and the service that it makes, that passes everything through.
#[derive(Clone, Copy, Debug, Default)]
pub struct Identity<S = ()>(S);

impl<S> Layer<S> for Identity {
    type Service = Identity<S>;

    fn layer(&self, inner: S) -> Identity<S> {
        Identity(inner)
    }
}

impl<S: Service<R>, R> Service<R> for Identity<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> S::Future {
        self.0.call(request)
    }
}
