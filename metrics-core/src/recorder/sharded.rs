//! Sharded: one series' value, in a cell for each shard that records it.

use std::sync::{Arc, OnceLock};

use super::buckets::Buckets;
use super::gauge::GaugeCell;
use super::value::Cell;
use crate::metric::{Kind, Metric};
use crate::shard::Shard;

/// One series' value, in a cell for each shard that records it. What it is worth is their sum.
///
/// A gauge's cells are each right by themselves, since whoever raises one keeps its handle to lower it: their sum never
/// reads less than there is.
#[derive(Debug)]
pub(super) struct Sharded {
    kind: Kind,
    /// Most series of a server are seldom recorded, and need no more. Made together with all this, so that those of two
    /// series never lie side by side.
    first: Cell,
    /// The shard that asked first.
    whose: OnceLock<Shard>,
    more: OnceLock<Box<[OnceLock<Cell>]>>,
}

impl Sharded {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            first: plain(kind),
            whose: OnceLock::new(),
            more: OnceLock::new(),
        }
    }

    /// For who does not care which it is.
    pub(super) const fn any(&self) -> &Cell {
        &self.first
    }

    /// The cell of the shard that the facade's call is for. Who asks first makes it, and so in memory of their own.
    #[cold]
    pub(super) fn asked(&self) -> Cell {
        self.on(Metric::shard()).clone()
    }

    fn on(&self, shard: Shard) -> &Cell {
        if *self.whose.get_or_init(|| shard) == shard {
            return &self.first;
        }
        let make = || (0..Shard::count()).map(|_| OnceLock::new()).collect();
        match self.more.get_or_init(make).get(shard.index()) {
            Some(own) => own.get_or_init(|| plain(self.kind)),
            None => &self.first,
        }
    }

    /// Not a part of what reads plain cells, by the ten thousand.
    #[inline(never)]
    pub(super) fn bits(&self) -> u64 {
        let more = self.more.get().into_iter().flat_map(|more| more.iter());
        let more = more.filter_map(OnceLock::get);
        let all = std::iter::once(&self.first).chain(more).map(Cell::bits);
        match self.kind {
            Kind::Counter => all.fold(0, u64::wrapping_add),
            Kind::FractionalCounter => finite(all.map(f64::from_bits).sum()).to_bits(),
            Kind::Gauge | Kind::Histogram => {
                let there = all.filter_map(GaugeCell::read);
                let sum = there.reduce(|one, other| one + other);
                sum.map_or(f64::NAN, finite).to_bits()
            }
        }
    }
}

fn plain(kind: Kind) -> Cell {
    Cell::new(kind, &Arc::<Buckets>::default())
}

/// No cell holds an infinity, and their sum is none either.
const fn finite(sum: f64) -> f64 {
    sum.clamp(f64::MIN, f64::MAX)
}
