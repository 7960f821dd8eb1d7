//! Label: one label key of a metric, and what its values can be.

/// The values that a label can take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Given by the host, capped: past the cap the value reads `_other`, and the other labels keep theirs.
    Open,
    /// A closed set that is never folded: an outage's 5xx must not vanish.
    Closed(&'static [&'static str]),
    /// A closed set too long to print beside the metric; the text names it.
    Named(&'static str),
}

/// One label key of a metric, and what its values can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    key: &'static str,
    values: Values,
}

impl Label {
    /// A label whose values the host gives.
    #[must_use]
    pub const fn open(key: &'static str) -> Self {
        Self {
            key,
            values: Values::Open,
        }
    }

    /// A label whose values are these and no others.
    #[must_use]
    pub const fn closed(key: &'static str, values: &'static [&'static str]) -> Self {
        Self {
            key,
            values: Values::Closed(values),
        }
    }

    /// A label whose values are a closed set that is described elsewhere, under this name.
    #[must_use]
    pub const fn named(key: &'static str, set: &'static str) -> Self {
        Self {
            key,
            values: Values::Named(set),
        }
    }

    /// The key, as it is printed.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// What its values can be.
    #[must_use]
    pub const fn values(&self) -> Values {
        self.values
    }
}
