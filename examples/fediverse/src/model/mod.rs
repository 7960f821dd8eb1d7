//! What the server knows: its users, their posts, and who follows them.

pub mod census;
pub mod clock;
pub mod follower;
pub mod post;
pub mod user;

pub use census::Census;
pub use follower::Follower;
pub use post::Post;
pub use user::User;
