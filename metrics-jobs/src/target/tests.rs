//! What the table knows at a time that the test says.

use std::sync::atomic::Ordering;

use fedimetrics_core::Reason;

use super::entry::{DAY, Second};
use super::table::AT_MOST;
use super::{Host, Table};
use crate::labels::Outcome;

const HOUR: Second = 3600;

fn host(name: &str) -> Host {
    Host::of(name).unwrap()
}

fn fails(table: &Table, name: &str, times: u32, now: Second) {
    for _ in 0..times {
        assert!(table.ended(&host(name), Outcome::Exception, Reason::Timeout, now));
    }
}

fn delivers(table: &Table, name: &str, now: Second) {
    assert!(table.ended(&host(name), Outcome::Success, Reason::Other, now));
}

fn names(table: &Table, now: Second) -> Vec<(String, u32)> {
    let failing = table.failing(now).into_iter();
    failing.map(|one| (one.target, one.failures)).collect()
}

fn lasting(table: &Table, now: Second) -> Vec<(String, Second)> {
    let lists = table.lists();
    let mut all: Vec<_> = lists
        .lasting
        .read(now)
        .map(|one| (one.host.as_str().to_owned(), now - one.since))
        .collect();
    all.sort();
    all
}

#[test]
fn a_server_stands_as_its_latest_delivery_ended() {
    let table = Table::default();
    for (outcome, stand) in [
        (Outcome::Success, [1, 0, 0]),
        (Outcome::Exception, [0, 1, 0]),
        (Outcome::Snooze, [0, 1, 0]),
        (Outcome::Cancelled, [0, 1, 0]),
        (Outcome::FinalFailure, [0, 0, 1]),
        (Outcome::Success, [1, 0, 0]),
        (Outcome::Discard, [0, 0, 1]),
    ] {
        table.ended(&host("A.example."), outcome, Reason::Timeout, 5);
        assert_eq!(table.standings(5).by_standing, stand, "{outcome:?}");
    }
    table.ended(&host("b.example"), Outcome::Exception, Reason::Timeout, 5);
    let by_reason = table.standings(5).by_reason;
    assert_eq!(by_reason, [(Reason::Timeout, 2)], "final or not");
}

#[test]
fn what_is_given_up_with_its_attempt_is_no_longer_tried() {
    let table = Table::default();
    fails(&table, "a.example", 1, 0);
    delivers(&table, "b.example", 0);
    for name in ["a.example", "b.example", "never.seen"] {
        table.gave_up(&host(name));
    }
    assert_eq!(table.standings(0).by_standing, [1, 0, 1]);
}

#[test]
fn a_server_is_forgotten_after_a_day() {
    let table = Table::default();
    fails(&table, "a.example", 3, 10);
    assert_eq!(table.standings(DAY + 9).by_standing, [0, 1, 0]);
    assert_eq!(table.failing(DAY + 9).len(), 1);
    assert_eq!(table.failing(DAY + 10).len(), 0);
    assert_eq!(table.standings(DAY + 10).by_standing, [0, 0, 0]);
    assert_eq!(table.known.load(Ordering::Relaxed), 0);
    fails(&table, "a.example", 1, DAY + 20);
    assert_eq!(names(&table, DAY + 20), [("a.example".to_owned(), 1)]);
}

#[test]
fn those_with_the_most_failures_in_a_row_are_listed_and_their_counts_are_exact() {
    let table = Table::default();
    table.list(3);
    for (name, times) in [("one", 1), ("four", 4), ("two", 2), ("three", 3)] {
        fails(&table, name, times, 0);
    }
    let listed = |counts: &[(&str, u32)]| -> Vec<_> {
        let counts = counts.iter();
        counts.map(|(name, n)| ((*name).to_owned(), *n)).collect()
    };
    assert_eq!(
        names(&table, 0),
        listed(&[("four", 4), ("three", 3), ("two", 2)])
    );
    delivers(&table, "four", 1);
    assert_eq!(names(&table, 1), listed(&[("three", 3), ("two", 2)]));
    fails(&table, "one", 1, 2);
    assert_eq!(
        names(&table, 2),
        listed(&[("three", 3), ("one", 2), ("two", 2)]),
        "the failure before it was listed counts too"
    );
}

#[test]
fn many_who_fail_once_push_nobody_out_who_fails_often() {
    let table = Table::default();
    for n in 0..AT_MOST {
        fails(&table, &format!("real{}.example", n % 50), 1, 0);
        fails(
            &table,
            &format!("hostile{n}.example"),
            u32::from(n < 40_000),
            0,
        );
    }
    let listed = names(&table, 0);
    assert_eq!(listed.len(), 50);
    assert!(
        listed
            .iter()
            .all(|(name, count)| name.starts_with("real") && *count == 1000)
    );
}

#[test]
fn a_server_has_a_line_when_it_failed_for_an_hour_and_until_it_was_quiet_for_a_day() {
    let table = Table::default();
    table.show_lasting();
    fails(&table, "a.example", 1, 0);
    fails(&table, "a.example", 1, HOUR - 1);
    assert_eq!(lasting(&table, HOUR), [], "no failure after an hour yet");
    fails(&table, "a.example", 1, HOUR);
    assert_eq!(lasting(&table, HOUR), [("a.example".to_owned(), HOUR)]);
    delivers(&table, "a.example", HOUR + 5);
    fails(&table, "a.example", 1, HOUR + 10);
    let late = HOUR + 10 + DAY;
    assert_eq!(lasting(&table, late - 1).len(), 1, "it comes and goes");
    assert_eq!(lasting(&table, late), []);
}

#[test]
fn one_that_delivers_within_the_hour_begins_anew() {
    let table = Table::default();
    table.show_lasting();
    fails(&table, "a.example", 1, 0);
    delivers(&table, "a.example", HOUR - 1);
    fails(&table, "a.example", 2, HOUR + 1);
    assert_eq!(lasting(&table, HOUR + 1), []);
}

#[test]
fn at_most_fifty_have_a_line_and_those_are_the_longest() {
    let table = Table::default();
    table.show_lasting();
    for n in (0..80).rev() {
        fails(&table, &format!("{n:02}.example"), 1, n);
    }
    for n in (0..80).rev() {
        fails(&table, &format!("{n:02}.example"), 1, 2 * HOUR);
    }
    let all = lasting(&table, 2 * HOUR);
    let expected: Vec<_> = (0..50)
        .map(|n| (format!("{n:02}.example"), 2 * HOUR - n))
        .collect();
    assert_eq!(all, expected);
}

#[test]
fn nobody_has_a_line_unless_that_was_asked_for() {
    let table = Table::default();
    fails(&table, "a.example", 1, 0);
    fails(&table, "a.example", 1, 2 * HOUR);
    assert_eq!(lasting(&table, 2 * HOUR), []);
}

#[test]
fn what_an_earlier_process_knew_is_there_from_the_start() {
    let table = Table::default();
    table.show_lasting();
    let (a, week) = (host("a.example"), -7 * DAY);
    assert!(table.seed(&a, week, Reason::Nxdomain, 1));
    assert_eq!(lasting(&table, 1), [("a.example".to_owned(), 7 * DAY + 1)]);
    assert_eq!(names(&table, 1), [("a.example".to_owned(), 1)]);
    fails(&table, "a.example", 1, 2);
    assert_eq!(lasting(&table, 2), [("a.example".to_owned(), 7 * DAY + 2)]);
    assert_eq!(table.failing(2)[0].reason, Reason::Timeout);
    delivers(&table, "b.example", 3);
    table.seed(&host("b.example"), week, Reason::Nxdomain, 3);
    assert_eq!(
        table.standings(3).by_standing,
        [1, 1, 0],
        "it delivered since"
    );
}

#[test]
fn a_full_table_says_so_and_takes_new_ones_once_old_ones_are_forgotten() {
    let table = Table::default();
    let ended = |n: usize, now| {
        let host = host(&format!("{n}.example"));
        table.ended(&host, Outcome::Success, Reason::Other, now)
    };
    let tracked = (0..AT_MOST + 1000).filter(|n| ended(*n, 0)).count();
    assert_eq!(tracked, AT_MOST);
    assert!(ended(0, 1), "who is known stays known");
    assert_eq!(table.standings(2).by_standing, [AT_MOST, 0, 0]);
    let again = (AT_MOST..AT_MOST + 1000)
        .filter(|n| ended(*n, DAY + 1))
        .count();
    assert_eq!(again, 1000, "without a scrape as well");
}
