//! `deliver`: one activity to one inbox.
//!
//! An inbox that is gone keeps its followers here, so that it can be seen to be gone again; a server for people would
//! forget them after some days of that.

use std::sync::Arc;

use fedimetrics_core::Reason;
use fedimetrics_jobs::Inside;
use serde_json::Value;

use crate::{App, federation::delivery, queue::JobError};

/// Delivers it.
///
/// # Errors
///
/// When the inbox did not take it.
pub async fn deliver(
    app: &App,
    user: &str,
    inbox: &str,
    activity: &Value,
    observed: Option<&Inside>,
) -> Result<(), JobError> {
    let user = app
        .user(user)
        .ok_or(JobError::NoUser(Reason::InvalidData))?;
    let body: Arc<[u8]> = activity.to_string().into_bytes().into();
    let observed = observed.map(|run| run.delivery(inbox));
    let result = delivery::deliver(app, user, inbox, &body).await;
    match (observed, &result) {
        (Some(observed), Err(error)) if error.gives_up() => observed.discard(error),
        (Some(observed), result) => observed.finish(result),
        (None, _) => {}
    }
    result.map_err(JobError::Delivery)
}
