//! Listeners: they stay for a while to hear of new posts.

use std::time::Duration;

use super::{Dice, Visitor};

pub(super) async fn listen(visitor: Visitor, mut dice: Dice) {
    loop {
        if let Ok(mut response) = visitor
            .client
            .get(visitor.url("/api/v1/streaming"))
            .send()
            .await
        {
            let stay = Duration::from_secs(4 + dice.roll(12));
            tokio::time::timeout(stay, async {
                while let Ok(Some(_)) = response.chunk().await {}
            })
            .await
            .ok();
        }
        dice.wait(500).await;
    }
}
