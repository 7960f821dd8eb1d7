//! The overview: is it up, is anything lost, is anything slow, who is busy, which limit is near, and how has that changed?

mod busy;
mod limits;
mod lost;
mod slow;
mod up;
mod weeks;

use super::Dashboard;

pub(super) fn dashboard() -> Dashboard {
    Dashboard::new("overview", "Fediverse server: overview")
        .section("Is it up?", up::panels())
        .section("Is anything lost?", lost::panels())
        .section("Is anything slow?", slow::panels())
        .section("Who is busy?", busy::panels())
        .section("Are we hitting a limit?", limits::panels())
        .section("How has that changed?", weeks::panels())
}
