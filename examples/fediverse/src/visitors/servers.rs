//! Servers: they look up people, and read actors, notes and collections.

use http::header::ACCEPT;

use super::{Dice, Visitor};
use crate::federation::activity::MEDIA_TYPE;

pub(super) async fn read(visitor: Visitor, domain: String, mut dice: Dice) {
    loop {
        let name = dice
            .pick(&["alice", "bob", "carol", "nobody"])
            .unwrap_or("alice");
        let path = match dice.roll(10) {
            0 | 1 => format!("/.well-known/webfinger?resource=acct:{name}@{domain}"),
            2 => "/.well-known/nodeinfo".to_owned(),
            3 => "/nodeinfo/2.1".to_owned(),
            4 => "/.well-known/host-meta".to_owned(),
            5 => format!("/users/{name}/outbox"),
            6 => format!("/users/{name}/followers"),
            7 => format!("/notes/{}", dice.roll(200)),
            _ => format!("/users/{name}"),
        };
        visitor
            .ask(
                visitor
                    .client
                    .get(visitor.url(&path))
                    .header(ACCEPT, MEDIA_TYPE),
            )
            .await;
        dice.wait(350).await;
    }
}
