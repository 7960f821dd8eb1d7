//! Purpose: what a request is made for.

/// What a request is made for: a closed set, since the server asked is whoever a stranger names.
///
/// A layer has one, and a request can have another: put it into the request's extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Purpose {
    /// An activity to an inbox.
    Deliver,
    /// An object, a collection or an actor's profile.
    Fetch,
    /// An actor's document, for the key in it.
    Key,
    /// Webfinger, nodeinfo, host-meta.
    Discovery,
    /// A picture, a film, a sound.
    Media,
    /// A page, for the preview of a link.
    Card,
    /// A notification to a browser or a phone.
    Push,
    /// None of these.
    Other,
}

impl Purpose {
    pub(crate) const ALL: [Self; 8] = [
        Self::Deliver,
        Self::Fetch,
        Self::Key,
        Self::Discovery,
        Self::Media,
        Self::Card,
        Self::Push,
        Self::Other,
    ];

    pub(crate) const WORDS: &'static [&'static str] = &[
        "deliver",
        "fetch",
        "key",
        "discovery",
        "media",
        "card",
        "push",
        "other",
    ];

    pub(super) const fn index(self) -> usize {
        self as usize
    }

    /// The label value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_has_a_place_and_a_word_of_its_own() {
        assert_eq!(Purpose::WORDS.len(), Purpose::ALL.len());
        for (place, purpose) in Purpose::ALL.into_iter().enumerate() {
            assert_eq!(purpose.index(), place);
            assert_eq!(format!("{purpose:?}").to_lowercase(), purpose.as_str());
        }
    }
}
