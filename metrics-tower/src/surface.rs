//! Surface: who a request is for, so that objectives are set on people and not on federation storms.

use http::HeaderMap;
use http::header::ACCEPT;

use crate::method::Method;

/// Who a request is for: the label `surface`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Surface {
    /// People's clients.
    ClientApi,
    /// Other servers deliver.
    Inbox,
    /// Other servers read.
    Federation,
    /// Webfinger, nodeinfo, host-meta.
    Discovery,
    /// Images, videos and the like.
    Media,
    /// Timelines that are pushed.
    Streaming,
    /// People's browsers.
    Web,
    /// No route of the host's: scanners, mostly.
    Unmatched,
}

impl Surface {
    pub(crate) const WORDS: &'static [&'static str] = &[
        "client_api",
        "inbox",
        "federation",
        "discovery",
        "media",
        "streaming",
        "web",
        "unmatched",
    ];

    pub(crate) const ALL: [Self; 8] = [
        Self::ClientApi,
        Self::Inbox,
        Self::Federation,
        Self::Discovery,
        Self::Media,
        Self::Streaming,
        Self::Web,
        Self::Unmatched,
    ];

    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// The label value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    /// As a mark that is published with a route; 0 is none.
    pub(crate) const fn mark(self) -> u8 {
        self as u8 + 1
    }

    pub(crate) fn of_mark(mark: u8) -> Option<Self> {
        Self::ALL.get(usize::from(mark).checked_sub(1)?).copied()
    }
}

/// What a route's template tells of the surface. Worked out once a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// It is always this one.
    Always(Surface),
    /// Deliveries are posted here; reading it is federation.
    Inbox,
    /// Servers and browsers ask for the same address, each in their own format.
    Negotiated,
}

impl Rule {
    /// By the segments of a template, from the first one on.
    pub(crate) fn of(template: &str) -> Self {
        let segments = || template.split('/').filter(|segment| !segment.is_empty());
        if segments().any(|segment| matches!(segment, "streaming" | "websocket")) {
            return Self::Always(Surface::Streaming);
        }
        if segments()
            .next_back()
            .is_some_and(|last| matches!(last, "inbox" | "shared_inbox" | "sharedInbox"))
        {
            return Self::Inbox;
        }
        match segments().next() {
            Some(".well-known" | "nodeinfo") => Self::Always(Surface::Discovery),
            Some("api" | "oauth") => Self::Always(Surface::ClientApi),
            Some(
                "media" | "media_proxy" | "media_attachments" | "proxy" | "files" | "image"
                | "pictrs",
            ) => Self::Always(Surface::Media),
            _ => Self::Negotiated,
        }
    }

    pub(crate) const fn surface(self, method: Method, wants_activity: bool) -> Surface {
        match self {
            Self::Always(surface) => surface,
            Self::Inbox if method.is_post() => Surface::Inbox,
            Self::Inbox => Surface::Federation,
            Self::Negotiated if wants_activity => Surface::Federation,
            Self::Negotiated => Surface::Web,
        }
    }
}

/// Whether `Accept` asks for ActivityPub. A stranger writes it, so only its first kilobyte is read.
#[inline]
pub(crate) fn wants_activity(headers: &HeaderMap) -> bool {
    !headers.is_empty() && asks_for_activity(headers)
}

fn asks_for_activity(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).is_some_and(|accept| {
        let accept = accept.as_bytes();
        let accept = accept.get(..1024).unwrap_or(accept);
        accept
            .split(|byte| matches!(byte, b',' | b';'))
            .map(<[u8]>::trim_ascii)
            .any(|media| {
                media.eq_ignore_ascii_case(b"application/activity+json")
                    || media.eq_ignore_ascii_case(b"application/ld+json")
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_tells_who_it_is_for() {
        let surface = |template, activity| Rule::of(template).surface(Method::GET, activity);
        for (template, expected) in [
            ("/api/v1/timelines/home", Surface::ClientApi),
            ("/oauth/token", Surface::ClientApi),
            ("/api/v1/streaming", Surface::Streaming),
            ("/.well-known/webfinger", Surface::Discovery),
            ("/nodeinfo/2.1", Surface::Discovery),
            ("/media/{name}", Surface::Media),
            ("/", Surface::Web),
            ("/@{name}", Surface::Web),
        ] {
            assert_eq!(surface(template, false), expected, "{template}");
        }
        assert_eq!(surface("/users/{id}", false), Surface::Web);
        assert_eq!(surface("/users/{id}", true), Surface::Federation);
        assert_eq!(
            surface("/api/v1/timelines/home", true),
            Surface::ClientApi,
            "an API does not negotiate"
        );
    }

    #[test]
    fn an_inbox_is_one_for_those_who_post() {
        let rule = Rule::of("/users/{id}/inbox");
        assert_eq!(rule.surface(Method::POST, false), Surface::Inbox);
        assert_eq!(rule.surface(Method::GET, true), Surface::Federation);
        assert_eq!(Rule::of("/inbox"), Rule::Inbox);
    }

    #[test]
    fn accept_is_read_as_a_list() {
        let asks = |accept: &str| {
            let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
            wants_activity(&headers)
        };
        assert!(asks("application/activity+json"));
        assert!(asks(
            "text/html;q=0.5, Application/LD+JSON; profile=\"https://www.w3.org/ns/activitystreams\""
        ));
        assert!(!asks("text/html, application/activity+jsonp"));
        assert!(!asks(&format!(
            "{}application/activity+json",
            "x,".repeat(600)
        )));
    }

    #[test]
    fn every_surface_has_its_word() {
        for (place, surface) in Surface::ALL.iter().enumerate() {
            assert_eq!(surface.index(), place);
            assert_eq!(surface.as_str(), Surface::WORDS[place]);
            assert_eq!(Surface::of_mark(surface.mark()), Some(*surface));
        }
        assert_eq!(Surface::ALL.len(), Surface::WORDS.len());
        assert_eq!(Surface::of_mark(0), None);
        assert_eq!(Surface::of_mark(200), None);
    }
}
