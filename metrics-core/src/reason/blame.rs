//! Blame: who has to mend it.

/// Who has to mend it. A function of the reason, so it costs no series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blame {
    /// This server, its network or its resolver.
    Us,
    /// The remote server.
    Them,
    /// A remote server that looks dead: nobody has to mend anything.
    Gone,
    /// One reply cannot tell.
    Unclear,
}

impl Blame {
    /// Every value, in the order of declaration.
    pub const ALL: &'static [&'static str] = &["us", "them", "gone", "unclear"];

    /// The label value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Them => "them",
            Self::Gone => "gone",
            Self::Unclear => "unclear",
        }
    }
}
