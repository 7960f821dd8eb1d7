//! A sender: a neighbour that writes to us all the time, now and then in a way that cannot be accepted.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{ACCOUNTS, Letter, Manner, Neighbour, Neighbours};
use crate::{
    App,
    federation::activity::{actor_url, key_url},
    model::clock,
};

/// How long it waits between two letters.
const PAUSE: Duration = Duration::from_millis(700);

pub(super) async fn send(
    neighbours: Neighbours,
    from: Arc<Neighbour>,
    app: Arc<App>,
    offset: usize,
    rest: CancellationToken,
) {
    let Ok(client) = super::client() else {
        return;
    };
    let mut ticks = tokio::time::interval(PAUSE);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut last: Option<Letter> = None;
    for number in 0_u64.. {
        if rest.run_until_cancelled(ticks.tick()).await.is_none() {
            return;
        }
        let step = usize::try_from(number).unwrap_or(0) + offset * 5;
        let letter = write(&neighbours, &from, &app, step, number, last.as_ref());
        let inbox = match step % 2 {
            0 => format!("{}/inbox", app.base),
            _ => format!(
                "{}/inbox",
                actor_url(&app.base, &app.users[step % app.users.len()].name)
            ),
        };
        if let Some(answer) = rest
            .run_until_cancelled(letter.send(&from, &client, &inbox))
            .await
        {
            tracing::trace!(?answer, "a letter was answered");
        }
        last = Some(letter);
    }
}

/// The letters come in turns, so that every kind has come after half a minute at most.
fn write(
    neighbours: &Neighbours,
    from: &Neighbour,
    app: &App,
    step: usize,
    number: u64,
    last: Option<&Letter>,
) -> Letter {
    let account = ACCOUNTS[step % ACCOUNTS.len()];
    let user = actor_url(&app.base, &app.users[step % app.users.len()].name);
    let letter = |kind: &str, object: &Value| Letter::new(from, account, kind, number, object);
    let note = format!("{}/notes/{number}", from.base);
    let create = || {
        let published = clock::rfc3339(clock::now());
        letter(
            "Create",
            &json!({ "id": note, "type": "Note", "content": "hello from next door", "published": published }),
        )
    };
    let mut plain = match step % 16 {
        1 | 8 => letter(
            "Like",
            &json!(format!("{}/notes/{}", app.base, number % 50)),
        ),
        3 => letter("Follow", &json!(user)),
        5 => letter("Undo", &json!({ "type": "Follow", "object": user })),
        6 => letter(
            "Delete",
            &json!(format!("{}/notes/{}", from.base, number.saturating_sub(2))),
        ),
        7 => letter("Announce", &json!(format!("{}/notes/1", app.base))),
        10 => letter("Arrive", &json!(user)),
        11 => return last.cloned().unwrap_or_else(create),
        _ => create(),
    };
    match step % 16 {
        9 => plain.tampered = true,
        12 => plain.body.truncate(plain.body.len() / 2),
        13 => {
            // Claims to be somebody whose server has left.
            if let Some(gone) = neighbours.get(Manner::Gone) {
                plain.key_id = key_url(&actor_url(&gone.base, account));
            }
        }
        14 => plain.key_id = key_url(&actor_url("http://blocked.invalid", account)),
        // Claims to be somebody else, and is signed with a key that is not theirs.
        15 => plain.key_id = key_url(&user),
        _ => {}
    }
    plain
}
