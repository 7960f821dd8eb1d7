//! Reading: a row that no loop can measure, because it takes two threads, or grows, or lasts.

use std::fmt;

use crate::row::Row;

/// How much of the work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Enough to measure.
    Whole,
    /// Enough to see that it runs.
    Trial,
}

impl Scale {
    /// So many, or a thousandth of it.
    #[must_use]
    pub const fn of(self, whole: u64) -> u64 {
        match self {
            Self::Whole => whole,
            Self::Trial => whole.div_ceil(1_000),
        }
    }
}

/// A row that measures itself, or several that have to be measured by turns.
pub(crate) struct Reading {
    pub(crate) name: &'static str,
    read: Box<dyn FnMut(Scale) -> Vec<Row>>,
}

impl Reading {
    pub(crate) fn new(name: &'static str, mut read: impl FnMut(Scale) -> Row + 'static) -> Self {
        Self::several(name, move |scale| {
            let name = name.to_owned();
            vec![Row {
                name,
                ..read(scale)
            }]
        })
    }

    /// Rows that have their names.
    pub(crate) fn several(
        name: &'static str,
        read: impl FnMut(Scale) -> Vec<Row> + 'static,
    ) -> Self {
        Self {
            name,
            read: Box::new(read),
        }
    }

    pub(crate) fn read(&mut self, scale: Scale) -> Vec<Row> {
        (self.read)(scale)
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reading").field(&self.name).finish()
    }
}
