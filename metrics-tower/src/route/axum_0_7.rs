//! Templates of axum 0.7, in the spelling of 0.8: dashboards do not split where a server upgrades.

use std::sync::OnceLock;

use axum_0_7::extract::MatchedPath;
use fedimetrics_core::Name;
use fedimetrics_core::handles::Handles;
use http::Extensions;

/// Twice as many as a layer keeps apart, if it is not told otherwise.
const CAP: usize = 1024;

/// Each template is spelt anew once.
static SPELT: OnceLock<Handles<&'static str>> = OnceLock::new();

pub(super) fn template(extensions: &Extensions) -> Option<&str> {
    extensions.get::<MatchedPath>().map(|matched| {
        let template = matched.as_str();
        if template.contains([':', '*']) {
            respelt(template)
        } else {
            template
        }
    })
}

fn respelt(template: &str) -> &'static str {
    let known = SPELT.get_or_init(|| Handles::new(CAP));
    let spelt = |template: &str| Name::new(&spell(template)).as_str();
    let place = known.place(template, spelt, || ());
    known
        .at(place)
        .map_or(fedimetrics_core::OTHER, |entry| entry.value())
}

/// `:id` as `{id}`, `*rest` as `{*rest}`. A parameter goes on to the end of its segment.
fn spell(template: &str) -> String {
    let segment = |segment: &str| match segment.split_once(':') {
        Some((before, name)) => format!("{before}{{{name}}}"),
        None if segment.starts_with('*') => format!("{{{segment}}}"),
        None => segment.to_owned(),
    };
    let segments: Vec<_> = template.split('/').map(segment).collect();
    segments.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_spell_a_route_alike() {
        for (old, new) in [
            ("/users/:id", "/users/{id}"),
            (
                "/users/:id/statuses/:status",
                "/users/{id}/statuses/{status}",
            ),
            ("/@:name", "/@{name}"),
            ("/media/*path", "/media/{*path}"),
            ("/2*2", "/2*2"),
            ("/", "/"),
        ] {
            assert_eq!(spell(old), new);
        }
        assert_eq!(respelt("/users/:id"), "/users/{id}");
        assert_eq!(
            respelt("/users/:id").as_ptr(),
            respelt("/users/:id").as_ptr()
        );
    }
}
