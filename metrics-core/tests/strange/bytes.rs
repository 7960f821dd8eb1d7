//! Bytes: whatever a fuzzer or a property test comes up with, read as choices and as strings.

/// What strings are made of: all that has ever broken an exporter, and some that looks harmless beside it.
const PIECES: &[&str] = &[
    "a",
    "b",
    "x.y",
    "x_y",
    "_",
    ":",
    "é",
    "日本",
    "0",
    "9",
    " ",
    "\"",
    "\\",
    "\n",
    "\\n",
    "\\\"",
    "\r",
    "\t",
    "\0",
    "\u{b}",
    "\u{c}",
    "\u{1c}",
    "\u{85}",
    "\u{2028}",
    "\u{202e}",
    "\u{200f}",
    "\u{2066}",
    "\u{feff}",
    "\u{fffd}",
    "{",
    "}",
    ",",
    "=",
    "#",
    "# EOF",
    "# TYPE a counter",
    "NaN",
    "+Inf",
    "le",
    "quantile",
    "__name__",
    "job",
    "_other",
    "…",
    "\u{10ffff}",
    "e\u{301}",
];

/// Names that clash, by themselves or with what one of them has beside it.
const STEMS: &[&str] = &[
    "a",
    "a.b",
    "a_b",
    "posts",
    "wait_seconds",
    "size_bytes",
    "_",
    "",
    "9",
    "é",
    "exporter_series",
];
const SUFFIXES: &[&str] = &[
    "",
    "",
    "",
    "_total",
    ".total",
    "_created",
    "_bucket",
    "_count",
    "_sum",
    "_info",
    "_seconds",
    "_total_total",
];

/// Bytes that are read as choices; past their end, everything is the first choice.
#[derive(Debug)]
pub(crate) struct Bytes<'a>(pub &'a [u8]);

impl Bytes<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::from(self.byte()) % count
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// Any string; now and then a very long one.
    pub(crate) fn text(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.below(4) {
            match self.below(24) {
                0 => text.push_str(&self.pick(PIECES).repeat(100)),
                1 => {
                    let (taken, rest) = self.0.split_at(self.0.len().min(12));
                    self.0 = rest;
                    text.push_str(&String::from_utf8_lossy(taken));
                }
                2 if self.byte() == 0 => {
                    let piece = self.pick(PIECES);
                    text.push_str(&piece.repeat((1 << 20) / piece.len()));
                }
                _ => text.push_str(self.pick(PIECES)),
            }
        }
        text
    }

    /// A name, usually one that clashes with another one.
    pub(crate) fn name(&mut self) -> String {
        if self.below(8) == 7 {
            self.text()
        } else {
            self.pick(STEMS).to_owned() + self.pick(SUFFIXES)
        }
    }

    pub(crate) fn labels(&mut self) -> Vec<metrics::Label> {
        (0..self.below(4))
            .map(|_| {
                let key = if self.below(4) == 3 {
                    self.text()
                } else {
                    self.pick(&["a", "x.y", "x_y", "le", "b"]).to_owned()
                };
                metrics::Label::new(key, self.text())
            })
            .collect()
    }

    pub(crate) fn number(&mut self) -> f64 {
        const NUMBERS: &[f64] = &[
            0.0,
            1.0,
            0.05,
            7.25,
            1e9,
            -1.0,
            -0.0,
            -0.001,
            f64::NAN,
            f64::INFINITY,
            f64::NEG_INFINITY,
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            1e15,
            9_007_199_254_740_993.0,
        ];
        self.pick(NUMBERS)
    }

    pub(crate) fn whole(&mut self) -> u64 {
        self.pick(&[1, 0, 2, 1_000_000, u64::MAX, 1 << 53])
    }
}
