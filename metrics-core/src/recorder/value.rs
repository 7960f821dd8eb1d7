//! Cell: one series' value.

use std::sync::Arc;

use super::counter::CounterCell;
use super::fraction::FractionCell;
use super::gauge::GaugeCell;
use super::histogram::HistogramCell;
use crate::metric::Kind;

/// One series' value. Handles share it, and it is never taken from under them.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Counter(Arc<CounterCell>),
    Fraction(Arc<FractionCell>),
    Gauge(Arc<GaugeCell>),
    Histogram(Arc<HistogramCell>),
}

/// What a series is worth at this moment.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'c> {
    Whole(u64),
    Fractional(f64),
    Histogram(&'c HistogramCell),
    Absent,
}

impl Cell {
    pub(super) fn new(kind: Kind, bounds: &Arc<[f64]>) -> Self {
        match kind {
            Kind::Counter => Self::Counter(Arc::default()),
            Kind::FractionalCounter => Self::Fraction(Arc::default()),
            Kind::Gauge => Self::Gauge(Arc::default()),
            Kind::Histogram => Self::Histogram(Arc::new(HistogramCell::new(bounds.clone()))),
        }
    }

    pub(super) fn read(&self) -> Value<'_> {
        match self {
            Self::Counter(counter) => Value::Whole(counter.value()),
            Self::Fraction(counter) => Value::Fractional(counter.value()),
            Self::Gauge(gauge) => gauge.value().map_or(Value::Absent, Value::Fractional),
            Self::Histogram(histogram) => Value::Histogram(histogram),
        }
    }

    /// Whether this is what the facade's call for this kind gets. It has no counter of fractions: that is a gauge to it.
    pub(super) const fn answers(&self, kind: Kind) -> bool {
        match self {
            Self::Counter(_) => matches!(kind, Kind::Counter),
            Self::Fraction(_) | Self::Gauge(_) => matches!(kind, Kind::Gauge),
            Self::Histogram(_) => matches!(kind, Kind::Histogram),
        }
    }
}
