//! Others, on whom the server depends: they are gone, have left, or say nothing.

use std::sync::Arc;

use crate::{Running, neighbours::Neighbour};

impl Running {
    /// No name is found any more: the resolver is gone.
    pub fn break_dns(&self) {
        self.app.outgoing.names().fall_silent(true);
    }

    /// Names are found again.
    pub fn mend_dns(&self) {
        self.app.outgoing.names().fall_silent(false);
    }

    /// Every neighbour that accepts what is sent is switched off, for good.
    pub fn kill_good_neighbours(&self) {
        self.good_neighbours().for_each(|one| one.kill());
    }

    /// Every neighbour that accepts what is sent answers from now on that it has left, as an operator's last act.
    pub fn good_neighbours_leave(&self) {
        self.good_neighbours().for_each(|one| one.leave(true));
    }

    /// They have thought better of it.
    pub fn good_neighbours_return(&self) {
        self.good_neighbours().for_each(|one| one.leave(false));
    }

    /// The mail server accepts connections, and then says nothing more.
    pub fn silence_mail(&self) {
        self.mail.fall_silent(true);
    }

    /// It goes on where it stopped.
    pub fn mend_mail(&self) {
        self.mail.fall_silent(false);
    }

    fn good_neighbours(&self) -> impl Iterator<Item = &Arc<Neighbour>> {
        let all = self.neighbours.iter().flat_map(|all| all.iter());
        all.filter(|neighbour| neighbour.manner.is_good())
    }
}
