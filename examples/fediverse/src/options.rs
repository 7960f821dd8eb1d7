//! What the command line can ask for.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf, time::Duration};

use fedimetrics_core::Builder;

use lexopt::prelude::*;

/// How to call the program.
pub const USAGE: &str = "\
A small ActivityPub server with neighbours and visitors, in one process.

Usage: fediverse [OPTIONS]

  --listen ADDR          where to listen [default: 127.0.0.1:8420; port 0 takes any free one]
  --data DIR             keep the database and the media here [default: a temporary folder]
  --no-neighbours        start no other servers to federate with
  --no-workers           work no queue off: another process on the same data does
  --no-visitors          start no people, servers and scanners that visit
  --traffic-seconds N    visitors and neighbours stop after N seconds; the server stays up
  --help                 this text";

/// What to start.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The folder of the database and the media; a temporary one where absent.
    pub data: Option<PathBuf>,
    /// Whether other servers are started that follow the local users.
    pub neighbours: bool,
    /// Whether this process works the queues off. One that does not only puts jobs there, for another on the same data.
    pub workers: bool,
    /// Whether visitors come, neighbours send, and people post.
    pub visitors: bool,
    /// When all traffic stops; never where absent.
    pub traffic: Option<Duration>,
    /// Whether a layer follows the requests that come in. Somebody always forgets it.
    pub http_metrics: bool,
    /// What the program around this server shows beside it.
    pub beside: for<'a> fn(Builder<'a>) -> Builder<'a>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8420)),
            data: None,
            neighbours: true,
            workers: true,
            visitors: true,
            traffic: None,
            http_metrics: true,
            beside: |builder| builder,
        }
    }
}

/// What the command line means.
#[derive(Clone, Debug)]
pub enum Command {
    /// Print [`USAGE`].
    Help,
    /// Run the server.
    Run(Options),
}

impl Command {
    /// Reads the arguments, without the program's name.
    ///
    /// # Errors
    ///
    /// When an argument is unknown or its value cannot be read; the text says what to write instead.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, lexopt::Error> {
        let mut options = Options::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("listen") => {
                    let value = parser.value()?.string()?;
                    options.listen = value.parse().map_err(|_| {
                        format!(
                            "--listen {value}: write an address and a port, such as 127.0.0.1:8420"
                        )
                    })?;
                }
                Long("data") => options.data = Some(parser.value()?.into()),
                Long("no-neighbours") => options.neighbours = false,
                Long("no-workers") => options.workers = false,
                Long("no-visitors") => options.visitors = false,
                Long("traffic-seconds") => {
                    let value = parser.value()?.string()?;
                    let seconds = value.parse().map_err(|_| {
                        format!("--traffic-seconds {value}: write whole seconds, such as 60")
                    })?;
                    options.traffic = Some(Duration::from_secs(seconds));
                }
                Long("help") | Short('h') => return Ok(Self::Help),
                other => {
                    return Err(
                        format!("{}; --help lists what there is", other.unexpected()).into(),
                    );
                }
            }
        }
        Ok(Self::Run(options))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, lexopt::Error> {
        Command::parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn every_option_is_read() {
        let Ok(Command::Run(options)) = parse(
            "--listen 127.0.0.1:0 --data=/x --no-neighbours --no-workers --no-visitors --traffic-seconds 7",
        ) else {
            panic!("these are options to run with");
        };
        assert_eq!(options.listen.port(), 0);
        assert_eq!(options.data, Some(PathBuf::from("/x")));
        assert!(!options.neighbours && !options.workers && !options.visitors);
        assert_eq!(options.traffic, Some(Duration::from_secs(7)));
    }

    #[test]
    fn a_bad_value_says_what_to_write_instead() {
        let error = parse("--listen here").unwrap_err().to_string();
        assert!(error.contains("such as 127.0.0.1:8420"), "{error}");
        let error = parse("--wrong").unwrap_err().to_string();
        assert!(
            error.contains("--wrong") && error.contains("--help"),
            "{error}"
        );
    }
}
