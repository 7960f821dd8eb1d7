//! Scenario: one piece of work, without anything around it and with each of several things around it.

use std::fmt;

/// A subject: its name, and one operation of it.
pub(crate) type Subject = (&'static str, Box<dyn FnMut()>);

/// One piece of work, bare and with subjects around it.
pub struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) bare: Box<dyn FnMut()>,
    pub(crate) subjects: Vec<Subject>,
}

impl Scenario {
    /// A scenario and its bare row: one operation with nothing around it.
    #[must_use]
    pub fn new(name: &'static str, bare: impl FnMut() + 'static) -> Self {
        Self {
            name,
            bare: Box::new(bare),
            subjects: Vec::new(),
        }
    }

    /// The same operation with something around it.
    #[must_use]
    pub fn with(mut self, subject: &'static str, run: impl FnMut() + 'static) -> Self {
        self.subjects.push((subject, Box::new(run)));
        self
    }

    /// One row's operation, by the row's whole name.
    pub(crate) fn row(&mut self, name: &str) -> Option<&mut dyn FnMut()> {
        let subject = name.strip_prefix(self.name)?.strip_prefix('/')?;
        if subject == BARE {
            return Some(&mut *self.bare);
        }
        let (_, run) = self
            .subjects
            .iter_mut()
            .find(|(known, _)| *known == subject)?;
        Some(&mut **run)
    }
}

/// The name of every scenario's first row.
pub(crate) const BARE: &str = "bare";

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scenario")
            .field("name", &self.name)
            .field("subjects", &self.subjects.len())
            .finish()
    }
}
