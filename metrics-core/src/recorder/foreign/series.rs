//! Series: one label set of a foreign family, and its parts where it is a histogram or a summary.

use super::family::Kind;

/// One label set of a foreign family.
#[derive(Debug, Default)]
pub(crate) struct Series {
    /// Of a counter, a gauge or an untyped metric.
    pub(super) value: Option<f64>,
    /// Buckets by upper bound, or quantiles: sorted once settled.
    pub(super) parts: Vec<(f64, f64)>,
    pub(super) sum: Option<f64>,
    pub(super) count: Option<f64>,
}

/// What became of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Added {
    New,
    Duplicate,
    Malformed,
}

impl Series {
    pub(super) fn add(&mut self, kind: Kind, suffix: &str, part: Option<f64>, value: f64) -> Added {
        let place = match (kind, suffix) {
            (Kind::Counter | Kind::Gauge | Kind::Untyped, _) => &mut self.value,
            (_, "_sum") => &mut self.sum,
            (_, "_count") => &mut self.count,
            _ => {
                let Some(part) = part.filter(|part| !part.is_nan()) else {
                    return Added::Malformed;
                };
                self.parts.push((part, value));
                return Added::New;
            }
        };
        if place.is_some() {
            return Added::Duplicate;
        }
        *place = Some(value);
        Added::New
    }

    /// Puts it in order; `false` if it cannot be shown. What OpenMetrics forbids is left out of the text format, too:
    /// a series must not come and go with the scraper.
    pub(super) fn settle(&mut self, kind: Kind) -> bool {
        self.parts
            .sort_by(|(one, _), (other, _)| one.total_cmp(other));
        self.parts.dedup_by(|(one, _), (other, _)| one == other);
        match kind {
            Kind::Gauge | Kind::Untyped => self.value.is_some(),
            Kind::Counter => self.value.is_some_and(grows),
            Kind::Histogram => self.settle_histogram(),
            Kind::Summary => {
                self.parts.retain(|(part, value)| {
                    (0.0..=1.0).contains(part) && (value.is_nan() || *value >= 0.0)
                });
                self.sum = self.sum.filter(|sum| grows(*sum));
                self.count = self.count.filter(|count| counts(*count));
                self.lines() > 0
            }
        }
    }

    fn settle_histogram(&mut self) -> bool {
        let total = match (self.parts.last(), self.count) {
            (Some((bound, total)), count) if *bound == f64::INFINITY => {
                if count.is_some_and(|count| count != *total) {
                    return false;
                }
                *total
            }
            (_, Some(count)) => {
                self.parts.push((f64::INFINITY, count));
                count
            }
            (_, None) => return false,
        };
        let below_zero = self.parts.first().is_some_and(|(bound, _)| *bound < 0.0);
        self.sum = self.sum.filter(|sum| grows(*sum) && !below_zero);
        // OpenMetrics has both or neither; the last bucket says the same.
        self.count = self.sum.map(|_| total);
        let mut before = 0.0;
        self.parts.iter().all(|(_, count)| {
            let ascends = counts(*count) && *count >= before;
            before = *count;
            ascends
        })
    }

    pub(super) fn lines(&self) -> usize {
        self.parts.len() + [self.value, self.sum, self.count].iter().flatten().count()
    }
}

/// Whether a counter can have this value.
fn grows(value: f64) -> bool {
    value >= 0.0
}

/// Whether so many observations can have been made.
fn counts(value: f64) -> bool {
    value >= 0.0 && value.fract() == 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn histogram(parts: &[(f64, f64)], sum: Option<f64>, count: Option<f64>) -> Option<Series> {
        let mut series = Series {
            value: None,
            parts: parts.to_vec(),
            sum,
            count,
        };
        series.settle(Kind::Histogram).then_some(series)
    }

    #[test]
    fn a_histogram_is_put_in_order_and_completed() {
        let series = histogram(&[(10.0, 3.0), (1.0, 1.0)], Some(12.5), Some(4.0)).unwrap();
        assert_eq!(
            series.parts,
            [(1.0, 1.0), (10.0, 3.0), (f64::INFINITY, 4.0)]
        );
        let series = histogram(&[(f64::INFINITY, 4.0)], Some(1.0), None).unwrap();
        assert_eq!(series.count, Some(4.0));
    }

    #[test]
    fn a_histogram_that_contradicts_itself_is_left_out() {
        assert!(histogram(&[(1.0, 3.0), (2.0, 1.0)], None, Some(3.0)).is_none());
        assert!(histogram(&[(f64::INFINITY, 3.0)], None, Some(4.0)).is_none());
        assert!(histogram(&[(1.0, 3.0)], None, None).is_none());
        assert!(histogram(&[(1.0, f64::NAN)], None, Some(4.0)).is_none());
        assert!(histogram(&[(1.0, 0.5)], None, Some(4.0)).is_none());
        assert!(histogram(&[(f64::INFINITY, f64::INFINITY)], None, None).is_none());
    }

    #[test]
    fn a_sum_that_can_fall_is_left_out() {
        let series = histogram(&[(-1.0, 1.0)], Some(3.0), Some(2.0)).unwrap();
        assert_eq!((series.sum, series.count), (None, None));
        let series = histogram(&[(1.0, 1.0)], Some(-3.0), Some(2.0)).unwrap();
        assert_eq!(series.sum, None);
    }
}
