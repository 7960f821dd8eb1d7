//! Check: what is known of a request at once, and what the host has to be asked.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use http::{Extensions, HeaderMap, header};

use super::digest::Digest;
use super::scopes::Scopes;
use super::way::Rule;
use super::{Access, Peer, Refusal};
use crate::endpoint::seldom::Seldom;

/// What is known at once of a request.
pub(in super::super) enum Verdict {
    Admitted,
    Refused(Refusal),
    /// The host has to be asked.
    Asking(Asking),
}

pub(in super::super) type Asking = Pin<Box<dyn Future<Output = Result<(), Refusal>> + Send>>;

static CLOSED: Seldom = Seldom::new();
static NO_PEER: Seldom = Seldom::new();

impl Access {
    /// What opens at once does not wait for the host.
    pub(in super::super) fn check(&self, headers: &HeaderMap, extensions: &Extensions) -> Verdict {
        if self.off {
            return Verdict::Refused(Refusal::Off);
        }
        let peer = self.peer(extensions);
        let sent = bearer(headers);
        let digest = sent.map(Digest::of);
        let mut refusal = Refusal::Closed;
        let mut admitted = false;
        let mut asking = Vec::new();
        for way in &self.ways {
            if !way.is_for(peer) {
                refusal = refusal.max(Refusal::Elsewhere);
                continue;
            }
            match (&way.rule, digest) {
                (Rule::Open, _) => admitted = true,
                (_, None) => refusal = refusal.max(Refusal::Anonymous),
                (rule, Some(digest)) => {
                    refusal = refusal.max(Refusal::Unknown);
                    match rule {
                        Rule::Open => {}
                        Rule::Tokens(known) => admitted |= digest.is_among(known),
                        Rule::File(file) => admitted |= digest.is_among(&file.digests()),
                        Rule::Scopes(scopes) if scopes.remembers(digest) => admitted = true,
                        Rule::Scopes(scopes) => asking.push(scopes.clone()),
                    }
                }
            }
        }
        if admitted {
            return Verdict::Admitted;
        }
        if refusal == Refusal::Closed && CLOSED.may() {
            tracing::warn!(
                "a scrape was refused: the metrics endpoint is closed; open it with Access::bearer_token_file(\"metrics.token\")"
            );
        }
        match (sent.and_then(|sent| std::str::from_utf8(sent).ok()), digest) {
            (Some(token), Some(digest)) if !asking.is_empty() => {
                Verdict::Asking(Box::pin(ask(asking, token.to_owned(), digest)))
            }
            _ => Verdict::Refused(refusal),
        }
    }

    fn peer(&self, extensions: &Extensions) -> Option<IpAddr> {
        if self.ways.iter().all(|way| way.from.is_empty()) {
            return None;
        }
        let peer = self
            .peer
            .as_ref()
            .and_then(|find| find.find(extensions))
            .or_else(|| extensions.get::<Peer>().map(|peer| peer.0.ip()));
        if peer.is_none() && NO_PEER.may() {
            tracing::warn!(
                "a scrape was refused: its address is not known, and Access::with_addresses asks for it; insert the \
                 request extension Peer, or say with Access::with_peer where your server keeps it"
            );
        }
        peer
    }
}

/// Asks each of them until one opens.
async fn ask(scopes: Vec<Arc<Scopes>>, token: String, digest: Digest) -> Result<(), Refusal> {
    let mut refusal = Refusal::Unknown;
    for scopes in scopes {
        match scopes.ask(token.clone(), digest).await {
            Ok(()) => return Ok(()),
            Err(reason) => refusal = refusal.max(reason),
        }
    }
    Err(refusal)
}

/// The token of the one `Authorization` header, whose scheme may be written in any case.
fn bearer(headers: &HeaderMap) -> Option<&[u8]> {
    let mut sent = headers.get_all(header::AUTHORIZATION).iter();
    let value = sent.next()?.as_bytes();
    let (scheme, token) = value.split_at_checked("Bearer ".len())?;
    let token = token.trim_ascii();
    (scheme.eq_ignore_ascii_case(b"Bearer ") && sent.next().is_none() && !token.is_empty())
        .then_some(token)
}
