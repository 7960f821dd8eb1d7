//! Prints METRICS.md.

#![allow(clippy::print_stdout, reason = "a program prints")]

fn main() {
    print!("{}", fedimetrics_contract::document::text());
}
