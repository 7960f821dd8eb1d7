//! `deliver`: one activity to one inbox.
//!
//! An inbox that is gone keeps its followers here, so that it can be seen to be gone again; a server for people would
//! forget them after some days of that.

use std::sync::Arc;

use serde_json::Value;

use crate::{App, federation::delivery, queue::JobError};

/// Delivers it.
///
/// # Errors
///
/// When the inbox did not take it.
pub async fn deliver(app: &App, user: &str, inbox: &str, activity: &Value) -> Result<(), JobError> {
    let user = app.user(user).ok_or(JobError::NoUser)?;
    let body: Arc<[u8]> = activity.to_string().into_bytes().into();
    delivery::deliver(app, user, inbox, &body)
        .await
        .map_err(JobError::Delivery)
}
