//! Media: files that come in, and go out as they lie on the disk.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use axum::{
    Json, RequestExt,
    body::Body,
    extract::{FromRequest, Multipart, Path, Request, State, multipart::MultipartError},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use http::{StatusCode, header};
use serde_json::{Value, json};
use tokio::{fs::File, io::AsyncWriteExt};
use tokio_util::io::ReaderStream;

use super::Problem;
use crate::{App, model::clock, queue::Job};

/// Tells uploads of the same millisecond apart.
static UPLOADS: AtomicU32 = AtomicU32::new(0);

/// `POST /api/v1/media`, as a form with one file, or as the file itself.
///
/// # Errors
///
/// When the file does not arrive as a whole, or cannot be stored.
pub async fn upload(State(app): State<Arc<App>>, request: Request) -> Result<Json<Value>, Problem> {
    let kind = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let (name, bytes) = if kind.starts_with("multipart/form-data") {
        let mut form = Multipart::from_request(request, &app)
            .await
            .map_err(|_| Problem::Malformed("this form cannot be read"))?;
        let field = form.next_field().await.map_err(|error| broken(&error))?;
        let field = field.ok_or(Problem::Malformed("the form is empty"))?;
        store(&app, field.map_err(|error| broken(&error))).await?
    } else {
        let body = request.with_limited_body().into_body().into_data_stream();
        store(&app, body.map_err(|_| Problem::TooLarge)).await?
    };
    let statement = sqlx::query("INSERT INTO media (name, bytes, created) VALUES (?, ?, ?)");
    statement
        .bind(&name)
        .bind(bytes)
        .bind(clock::now())
        .execute(&app.pool)
        .await?;
    app.queues
        .enqueue(Job::Media { name: name.clone() })
        .await?;
    Ok(Json(
        json!({ "id": name, "url": format!("{}/media/{name}", app.base), "bytes": bytes }),
    ))
}

/// Writes the pieces to a new file; one that does not arrive as a whole is removed.
async fn store(
    app: &App,
    pieces: impl Stream<Item = Result<Bytes, Problem>>,
) -> Result<(String, i64), Problem> {
    let name = format!(
        "{:x}-{:x}",
        clock::now(),
        UPLOADS.fetch_add(1, Ordering::Relaxed)
    );
    let unfinished = Unfinished(Some(app.media.join(&name)));
    let mut file = File::create(app.media.join(&name)).await?;
    let mut bytes = 0_i64;
    let mut pieces = std::pin::pin!(pieces);
    while let Some(piece) = pieces.try_next().await? {
        file.write_all(&piece).await?;
        bytes = bytes.saturating_add(i64::try_from(piece.len()).unwrap_or(i64::MAX));
    }
    file.flush().await?;
    unfinished.keep();
    Ok((name, bytes))
}

/// A file that goes away with the request that was writing it, whether that failed or its client left.
struct Unfinished(Option<std::path::PathBuf>);

impl Unfinished {
    fn keep(mut self) {
        self.0 = None;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = self.0.take() {
            std::fs::remove_file(path).ok();
        }
    }
}

/// Why a form did not arrive.
fn broken(error: &MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        _ => Problem::Malformed("the form did not arrive as a whole"),
    }
}

/// `GET /media/{name}`
///
/// # Errors
///
/// When there is no such file.
pub async fn download(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    if name.is_empty()
        || !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        return Err(Problem::NotFound);
    }
    let file = File::open(app.media.join(&name))
        .await
        .map_err(|_| Problem::NotFound)?;
    let length = file.metadata().await?.len();
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    Ok((
        headers,
        Body::from_stream(ReaderStream::with_capacity(file, 32 * 1024)),
    )
        .into_response())
}
