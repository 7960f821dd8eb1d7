//! Because: an error of any make, together with the reason that the host knows.

use std::error::Error;
use std::fmt;

use super::Reason;

/// An error of any make, together with the reason that the host knows. Made by [`Reason::because`].
#[derive(Debug)]
pub struct Because {
    reason: Reason,
    source: Box<dyn Error + Send + Sync + 'static>,
}

impl Because {
    /// Why.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }
}

impl Reason {
    /// Ties this reason to an error that does not tell it, such as a database's: [`Reason::classify`] finds it, and the
    /// error stays its source.
    ///
    /// # Examples
    ///
    /// ```
    /// use fedimetrics_core::Reason;
    ///
    /// let error = Reason::Db.because("the table is locked");
    /// assert_eq!(Reason::classify(&error), Reason::Db);
    /// assert_eq!(error.to_string(), "the table is locked");
    /// ```
    pub fn because(self, error: impl Into<Box<dyn Error + Send + Sync>>) -> Because {
        Because {
            reason: self,
            source: error.into(),
        }
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.source.fmt(f)
    }
}

impl Error for Because {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.source()
    }
}
