//! Bench: the scenarios of one question, and what the command line asks to do with them.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use lexopt::prelude::*;

use crate::effort::Effort;
use crate::reading::{Reading, Scale};
use crate::row::{self, Row};
use crate::scenario::{BARE, Scenario};
use crate::{allocator, burst, instructions, table};

/// The scenarios of one question.
#[derive(Debug, Default)]
pub struct Bench {
    scenarios: Vec<Scenario>,
    readings: Vec<Reading>,
}

#[derive(Debug, Default)]
struct Arguments {
    measure: bool,
    row: Option<String>,
    iterations: u32,
    json: Option<PathBuf>,
    beside: Option<PathBuf>,
}

impl Arguments {
    fn parse() -> Result<Self, lexopt::Error> {
        let mut arguments = Self {
            iterations: 1,
            ..Self::default()
        };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                // What `cargo bench` says, and `cargo test` does not.
                Long("bench") => arguments.measure = true,
                Long("row") => arguments.row = Some(parser.value()?.string()?),
                Long("iterations") => arguments.iterations = parser.value()?.parse()?,
                Long("json") => arguments.json = Some(parser.value()?.into()),
                Long("beside") => arguments.beside = Some(parser.value()?.into()),
                // A filter or a flag of the test harness: everything runs all the same.
                _ => drop(parser.optional_value()),
            }
        }
        Ok(arguments)
    }
}

impl Bench {
    /// Adds a scenario.
    #[must_use]
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenarios.push(scenario);
        self
    }

    /// Adds a row that measures itself, under its whole name.
    #[must_use]
    pub fn reading(mut self, name: &'static str, read: impl FnMut(Scale) -> Row + 'static) -> Self {
        self.readings.push(Reading::new(name, read));
        self
    }

    /// Adds rows that measure themselves by turns, of this scenario; they have their names.
    #[must_use]
    pub fn readings(
        mut self,
        scenario: &'static str,
        read: impl FnMut(Scale) -> Vec<Row> + 'static,
    ) -> Self {
        self.readings.push(Reading::several(scenario, read));
        self
    }

    /// Does what the command line asks for.
    ///
    /// | arguments | does |
    /// | --- | --- |
    /// | none, as `cargo test` calls it | runs every row a few times, measures nothing |
    /// | `--bench`, as `cargo bench` calls it | measures, prints a table |
    /// | and `--json FILE` | also writes the rows there |
    /// | and `--beside FILE` | also shows the rows that another bench wrote there |
    /// | `--row NAME --iterations N` | runs one row: what callgrind looks at |
    #[must_use]
    pub fn main(mut self) -> ExitCode {
        match self.run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error:#}");
                ExitCode::FAILURE
            }
        }
    }

    fn run(&mut self) -> anyhow::Result<()> {
        let arguments = Arguments::parse()?;
        if let Some(name) = &arguments.row {
            let mut rows = self.scenarios.iter_mut();
            let run = rows.find_map(|scenario| scenario.row(name));
            instructions::run(
                run.with_context(|| format!("no row is called {name}"))?,
                arguments.iterations,
            );
            return Ok(());
        }
        if !arguments.measure {
            for reading in &mut self.readings {
                reading.read(Scale::Trial);
                println!("{} runs", reading.name);
            }
            return self.scenarios.iter_mut().try_for_each(try_out);
        }
        let mut rows = Vec::new();
        for scenario in &mut self.scenarios {
            rows.extend(measure(scenario)?);
        }
        for reading in &mut self.readings {
            eprintln!("measuring {}", reading.name);
            rows.extend(reading.read(Scale::Whole));
        }
        if let Some(path) = &arguments.beside {
            add(&mut rows, row::read(path)?);
        }
        println!("{}", table::of(&rows));
        arguments
            .json
            .map_or(Ok(()), |path| row::write(&path, &rows))
    }
}

/// Runs every row a few times.
fn try_out(scenario: &mut Scenario) -> anyhow::Result<()> {
    let subjects = scenario.subjects.iter_mut().map(|(name, run)| (*name, run));
    for (name, run) in std::iter::once((BARE, &mut scenario.bare)).chain(subjects) {
        (0..3).for_each(|_| run());
        println!("{}/{name} runs", scenario.name);
    }
    Ok(())
}

fn measure(scenario: &mut Scenario) -> anyhow::Result<Vec<Row>> {
    let bare = &mut *scenario.bare;
    let effort = Effort::of(bare);
    let mut rows = vec![finish(scenario.name, BARE, bare, effort)?];
    rows[0].ns = Some(burst::alone(bare, effort.pairs));
    for (name, run) in &mut scenario.subjects {
        let effort = Effort::of(run);
        let mut row = finish(scenario.name, name, run, effort)?;
        let paired = burst::paired(bare, run, effort.pairs);
        row.ns = Some(paired.ns);
        row.added = Some(paired.added);
        row.ratio = Some(paired.ratio);
        rows.push(row);
    }
    Ok(rows)
}

/// All but the time.
fn finish(
    scenario: &str,
    subject: &str,
    run: &mut dyn FnMut(),
    effort: Effort,
) -> anyhow::Result<Row> {
    let name = format!("{scenario}/{subject}");
    eprintln!("measuring {name}");
    let counted = effort.counted;
    // What is made at first use is made now.
    (0..counted).for_each(|_| run());
    let spent = allocator::spent(|| (0..counted).for_each(|_| run()));
    Ok(Row {
        instructions: instructions::of(&name, effort.instructed)?,
        allocations: Some(spent.allocations as f64 / f64::from(counted)),
        bytes: Some(spent.bytes as f64 / f64::from(counted)),
        name,
        ..Row::default()
    })
}

/// Another bench's rows go behind ours of the same scenario; its bare row, which only its own differences need, goes.
fn add(rows: &mut Vec<Row>, others: Vec<Row>) {
    for other in others {
        if rows.iter().any(|row| row.name == other.name) {
            continue;
        }
        let last = rows
            .iter()
            .rposition(|row| row.parts().0 == other.parts().0);
        rows.insert(last.map_or(rows.len(), |last| last + 1), other);
    }
}
