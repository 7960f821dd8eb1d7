//! Cell: one series' value.

use std::sync::Arc;

use super::buckets::Buckets;
use super::counter::CounterCell;
use super::fraction::FractionCell;
use super::gauge::GaugeCell;
use super::histogram::HistogramCell;
use super::sharded::Sharded;
use crate::metric::Kind;

/// One series' value. Handles share it, and it is never taken from under them.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Counter(Arc<CounterCell>),
    Fraction(Arc<FractionCell>),
    Gauge(Arc<GaugeCell>),
    Histogram(Arc<HistogramCell>),
    /// Of any kind but a histogram, which has shares of its own.
    Sharded(Arc<Sharded>),
}

/// What a series is worth at this moment.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'c> {
    Whole(u64),
    Fractional(f64),
    /// Its sum, and all else.
    Histogram(f64, &'c HistogramCell),
    Absent,
}

impl Cell {
    pub(super) fn new(kind: Kind, buckets: &Arc<Buckets>) -> Self {
        match kind {
            Kind::Counter => Self::Counter(Arc::default()),
            Kind::FractionalCounter => Self::Fraction(Arc::default()),
            Kind::Gauge => Self::Gauge(Arc::default()),
            Kind::Histogram => Self::Histogram(Arc::new(HistogramCell::new(buckets.clone()))),
        }
    }

    /// The same, in a cell for each shard.
    pub(super) fn sharded(kind: Kind, buckets: &Arc<Buckets>) -> Self {
        match kind {
            Kind::Histogram => Self::new(kind, buckets),
            Kind::Counter | Kind::FractionalCounter | Kind::Gauge => {
                Self::Sharded(Arc::new(Sharded::new(kind)))
            }
        }
    }

    /// The bits of its number. A histogram has many: these are its sum's.
    pub(super) fn bits(&self) -> u64 {
        match self {
            Self::Counter(counter) => counter.value(),
            Self::Fraction(counter) => counter.value().to_bits(),
            Self::Gauge(gauge) => gauge.bits(),
            Self::Histogram(histogram) => histogram.sum().to_bits(),
            Self::Sharded(sharded) => sharded.bits(),
        }
    }

    /// What these bits, which were read of it, say.
    pub(super) fn value(&self, bits: u64) -> Value<'_> {
        match self {
            Self::Counter(_) => Value::Whole(bits),
            Self::Fraction(_) => Value::Fractional(f64::from_bits(bits)),
            Self::Gauge(_) => GaugeCell::read(bits).map_or(Value::Absent, Value::Fractional),
            Self::Histogram(histogram) => Value::Histogram(f64::from_bits(bits), histogram),
            Self::Sharded(sharded) => sharded.any().value(bits),
        }
    }

    /// Whether this is what the facade's call for this kind gets. It has no counter of fractions: that is a gauge to it.
    pub(super) fn answers(&self, kind: Kind) -> bool {
        match self {
            Self::Counter(_) => matches!(kind, Kind::Counter),
            Self::Fraction(_) | Self::Gauge(_) => matches!(kind, Kind::Gauge),
            Self::Histogram(_) => matches!(kind, Kind::Histogram),
            Self::Sharded(sharded) => sharded.any().answers(kind),
        }
    }
}
