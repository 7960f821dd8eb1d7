//! Asked: what a host's functions are told of a request.

use http::{Extensions, HeaderMap, Method, Request, Uri};

use crate::method::Methods;
use crate::surface::{self, Rule, Surface};

/// What a host's functions are told of a request: its head, and its route as far as that is known.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    route: Option<&'a str>,
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
    extensions: &'a Extensions,
}

impl<'a> Asked<'a> {
    pub(crate) fn of<B>(request: &'a Request<B>) -> Self {
        Self {
            route: None,
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
            extensions: request.extensions(),
        }
    }

    pub(crate) const fn at(mut self, route: Option<&'a str>) -> Self {
        self.route = route;
        self
    }

    /// The route's template; `None` where no route matched, or none is known yet.
    #[must_use]
    pub const fn route(&self) -> Option<&'a str> {
        self.route
    }

    /// The request's method.
    #[must_use]
    pub const fn method(&self) -> &'a Method {
        self.method
    }

    /// What was asked for.
    #[must_use]
    pub const fn uri(&self) -> &'a Uri {
        self.uri
    }

    /// The request's headers.
    #[must_use]
    pub const fn headers(&self) -> &'a HeaderMap {
        self.headers
    }

    /// What routers and other layers left with the request.
    #[must_use]
    pub const fn extensions(&self) -> &'a Extensions {
        self.extensions
    }

    /// The surface that this crate would choose: for what a function of the host's does not want to decide.
    #[must_use]
    pub fn surface(&self) -> Surface {
        let Some(route) = self.route else {
            return Surface::Unmatched;
        };
        let method = Methods::default().of(self.method);
        Rule::of(route).surface(method, surface::wants_activity(self.headers))
    }
}
