//! Prints docs/panels.md.

#![allow(clippy::print_stdout, reason = "a program prints")]

fn main() {
    print!("{}", fedimetrics_contract::dashboards::page());
}
