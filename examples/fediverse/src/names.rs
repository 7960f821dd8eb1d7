//! Names: how the server finds out where others are, until that breaks.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// What `getaddrinfo` says, and std in front of it, when no resolver answers.
const SILENCE: &str = "failed to lookup address information: Temporary failure in name resolution";

/// The system's own resolver, and whether it answers.
#[derive(Clone, Debug, Default)]
pub struct Names {
    silent: Arc<AtomicBool>,
}

impl Names {
    /// From now on no name is found, as on a host whose resolver is gone. What is connected stays so.
    pub fn fall_silent(&self, silent: bool) {
        self.silent.store(silent, Ordering::Relaxed);
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let silent = self.silent.load(Ordering::Relaxed);
        Box::pin(async move {
            if silent {
                return Err(io::Error::other(SILENCE).into());
            }
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Addrs = Box::new(found.collect::<Vec<_>>().into_iter());
            Ok(found)
        })
    }
}
