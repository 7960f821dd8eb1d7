//! Flight: those who ask at the same time share one rendering.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::rendering::Rendering;
use crate::recorder::Format;

/// The flights of one endpoint: at most one for each format takes passengers.
#[derive(Debug)]
pub(super) struct Flights {
    boarding: Mutex<[Option<Arc<Flight>>; 2]>,
    waiting: AtomicUsize,
    most: usize,
    tickets: AtomicU64,
}

/// One rendering, from the first who asks for it until it is done.
#[derive(Debug)]
struct Flight {
    state: Mutex<State>,
    gzip: AtomicBool,
}

#[derive(Debug)]
enum State {
    /// Some asked. Whoever is polled first renders for all.
    Boarding,
    /// One renders, in a single poll on its own thread; the others wait.
    Flying(Vec<(u64, Waker)>),
    /// Done: nothing if rendering panicked.
    Landed(Option<Rendering>),
}

/// A place in a flight.
pub(super) struct Ticket {
    flights: Arc<Flights>,
    flight: Arc<Flight>,
    format: Format,
    number: u64,
}

impl Flights {
    /// With places for this many who wait.
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            boarding: Mutex::default(),
            waiting: AtomicUsize::new(0),
            most,
            tickets: AtomicU64::new(0),
        })
    }

    /// A place in the flight of this format, if there is one left.
    pub(super) fn board(self: &Arc<Self>, format: Format, gzip: bool) -> Option<Ticket> {
        self.waiting
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |waiting| {
                (waiting < self.most).then_some(waiting + 1)
            })
            .ok()?;
        let flight = self.slots()[format as usize]
            .get_or_insert_with(|| {
                Arc::new(Flight {
                    state: Mutex::new(State::Boarding),
                    gzip: AtomicBool::new(false),
                })
            })
            .clone();
        if gzip {
            flight.gzip.store(true, Ordering::Relaxed);
        }
        Some(Ticket {
            flights: self.clone(),
            flight,
            format,
            number: self.tickets.fetch_add(1, Ordering::Relaxed),
        })
    }

    pub(super) const fn most(&self) -> usize {
        self.most
    }

    fn slots(&self) -> MutexGuard<'_, [Option<Arc<Flight>>; 2]> {
        self.boarding.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Flight {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// The rendering, once it is there: made here and now by the first who comes. Nothing if it panicked.
    ///
    /// No lock is held while it is made, and nobody can be cancelled in the middle of it.
    pub(super) fn poll(
        &self,
        context: &Context<'_>,
        render: impl FnOnce() -> String,
    ) -> Poll<Option<Rendering>> {
        let mut state = self.flight.state();
        match &mut *state {
            State::Landed(rendering) => return Poll::Ready(rendering.clone()),
            State::Flying(others) => {
                others.retain(|(number, _)| *number != self.number);
                others.push((self.number, context.waker().clone()));
                return Poll::Pending;
            }
            State::Boarding => *state = State::Flying(Vec::new()),
        }
        drop(state);
        let rendering = catch_unwind(AssertUnwindSafe(render))
            .ok()
            .map(Rendering::new);
        if let Some(rendering) = rendering
            .as_ref()
            .filter(|_| self.flight.gzip.load(Ordering::Relaxed))
        {
            // In here, and not by each of those who are woken.
            let _ = rendering.gzip();
        }
        // Who comes from now on wants newer numbers.
        self.flights.slots()[self.format as usize].take();
        let landed = State::Landed(rendering.clone());
        let before = std::mem::replace(&mut *self.flight.state(), landed);
        if let State::Flying(others) = before {
            others.into_iter().for_each(|(_, waker)| waker.wake());
        }
        Poll::Ready(rendering)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.flights.waiting.fetch_sub(1, Ordering::Relaxed);
        if let State::Flying(others) = &mut *self.flight.state() {
            others.retain(|(number, _)| *number != self.number);
        }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket")
            .field("format", &self.format)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
