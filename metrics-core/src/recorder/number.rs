//! Numbers as text, spelled alike in every format: Prometheus stores a bucket's bound as it is told.

/// A whole number.
pub(super) fn write_whole(value: u64, text: &mut String) {
    text.push_str(itoa::Buffer::new().format(value));
}

/// The shortest decimal that reads back as the same number; whole numbers without a fraction.
pub(super) fn write(value: f64, text: &mut String) {
    // Above this, whole numbers are no longer exact, and digits would only be zeros.
    const EXACT: f64 = 1e15;
    if value.is_nan() {
        text.push_str("NaN");
    } else if value.is_infinite() {
        text.push_str(if value < 0.0 { "-Inf" } else { "+Inf" });
    } else if value.fract() == 0.0 && value.abs() < EXACT {
        text.push_str(itoa::Buffer::new().format(value as i64));
    } else {
        text.push_str(ryu::Buffer::new().format_finite(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_as_themselves() {
        let written = |value| {
            let mut text = String::new();
            write(value, &mut text);
            text
        };
        let known = [
            (1.0, "1"),
            (0.005, "0.005"),
            (1e300, "1e300"),
            (-2.5, "-2.5"),
            (0.0, "0"),
            (1e-9, "1e-9"),
            (14_400.0, "14400"),
        ];
        for (value, expected) in known {
            assert_eq!(written(value), expected);
        }
        for value in [
            f64::MIN,
            f64::MAX,
            f64::MIN_POSITIVE,
            1.0 / 3.0,
            1e15,
            123_456_789.125,
            f64::NEG_INFINITY,
        ] {
            assert_eq!(written(value).parse::<f64>(), Ok(value));
        }
    }
}
