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

impl Cell {
    pub(super) fn new(kind: Kind, bounds: &Arc<[f64]>) -> Self {
        match kind {
            Kind::Counter => Self::Counter(Arc::default()),
            Kind::FractionalCounter => Self::Fraction(Arc::default()),
            Kind::Gauge => Self::Gauge(Arc::default()),
            Kind::Histogram => Self::Histogram(Arc::new(HistogramCell::new(bounds.clone()))),
        }
    }
}
